package org.jacreg.vjp;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Rows of the table: ops that move values. */
final class ShapeSpecs {

    private ShapeSpecs() {}

    static List<OpSpec> rows() {
        return List.of(
                OpSpec.of(
                        "concat of features",
                        "concat",
                        (sd, x) -> sd.concat(1, sd.math().tanh(x), sd.math().sin(x)),
                        3),
                OpSpec.of("concat of channels", "concat", ShapeSpecs::threeParts, 2, 3),
                OpSpec.of(
                        "stack",
                        "stack",
                        (sd, x) -> sd.math().tanh(sd.stack(1, x, sd.math().sin(x), x)),
                        3),
                OpSpec.of(
                        "stack, last axis",
                        "stack",
                        (sd, x) -> sd.math().tanh(sd.stack(-1, x, sd.math().sin(x))),
                        2,
                        3),
                OpSpec.of("stack in front", "stack", ShapeSpecs::stackInFront, 3));
    }

    private static SDVariable threeParts(SameDiff sd, SDVariable x) {
        return sd.concat(-1, x, sd.math().tanh(x), sd.math().square(x));
    }

    private static SDVariable stackInFront(SameDiff sd, SDVariable x) {
        return sd.permute(sd.math().tanh(sd.stack(0, x, sd.math().sin(x))), 1, 0, 2);
    }
}
