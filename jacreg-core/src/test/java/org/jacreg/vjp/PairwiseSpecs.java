package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.custom.DivideNoNan;
import org.nd4j.linalg.api.ops.impl.controlflow.Select;
import org.nd4j.linalg.api.ops.impl.transforms.IdentityN;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.RealDivOp;
import org.nd4j.linalg.indexing.conditions.Condition;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Rows of the table: functions of two or more tensors, and choosing between them. */
final class PairwiseSpecs {

    private PairwiseSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        rows.addAll(extremes());
        rows.addAll(merges());
        rows.addAll(powers());
        rows.addAll(remainders());
        rows.addAll(choices());
        return rows;
    }

    private static List<OpSpec> extremes() {
        return List.of(
                OpSpec.of(
                        "max(x, sin 2x)",
                        "maximum",
                        (sd, x) -> square(sd, sd.math().max(x, wave(sd, x))),
                        5),
                OpSpec.of(
                        "min(x, sin 2x)",
                        "minimum",
                        (sd, x) -> square(sd, sd.math().min(x, wave(sd, x))),
                        5),
                // ND4J's own gradients of maxima and minima that broadcast are wrong, or have the wrong shape.
                OpSpec.firstOrder(
                        "max(b, x)", "maximum", (sd, x) -> square(sd, sd.math().max(b(sd, 1, 4), x)), 4),
                OpSpec.firstOrder(
                        "max(x, b)", "maximum", (sd, x) -> square(sd, sd.math().max(x, b(sd, 4))), 3, 4),
                OpSpec.firstOrder(
                        "min(x, b)", "minimum", (sd, x) -> square(sd, sd.math().min(x, b(sd, 4))), 3, 4));
    }

    private static List<OpSpec> merges() {
        return List.of(
                OpSpec.of(
                        "merge add",
                        "mergeadd",
                        (sd, x) -> square(
                                sd,
                                sd.math()
                                        .mergeAdd(
                                                x, sd.math().tanh(x), sd.math().sin(x))),
                        4),
                OpSpec.of(
                        "merge average",
                        "mergeavg",
                        (sd, x) -> square(
                                sd,
                                sd.math()
                                        .mergeAvg(
                                                x, sd.math().tanh(x), sd.math().sin(x))),
                        4),
                // ND4J's own gradient takes the identities for constants.
                OpSpec.firstOrder("identities", "identity_n", PairwiseSpecs::identities, 4),
                OpSpec.of("assign", "assign", (sd, x) -> square(sd, sd.assign(x.mul(3), wave(sd, x))), 4),
                OpSpec.of(
                        "merge max",
                        "mergemax",
                        (sd, x) -> square(
                                sd, sd.math().mergeMax(x.mul(0.8), sd.math().tanh(x), wave(sd, x))),
                        8));
    }

    private static SDVariable identities(SameDiff sd, SDVariable x) {
        SDVariable[] both = new IdentityN(sd, new SDVariable[] {x, wave(sd, x)}).outputVariables();
        return square(sd, both[0]).add(both[1]);
    }

    private static List<OpSpec> powers() {
        return List.of(
                OpSpec.positive("x^(1 + x)", "Pow", (sd, x) -> sd.math().pow(x, x.add(1)), 3),
                OpSpec.positive("x^b", "Pow", (sd, x) -> sd.math().pow(x, b(sd, 3)), 2, 3),
                OpSpec.positive("b^x", "Pow", (sd, x) -> sd.math().pow(b(sd, 3).add(2), x), 3),
                OpSpec.of(
                        "angle",
                        "tf_atan2",
                        (sd, x) -> sd.math().atan2(x, wave(sd, x).add(2)),
                        4),
                OpSpec.of("angle to b", "tf_atan2", (sd, x) -> sd.math().atan2(x, b(sd, 4).add(2)), 3, 4),
                OpSpec.of("angle of b", "tf_atan2", (sd, x) -> sd.math().atan2(b(sd, 4), x.add(3)), 4),
                OpSpec.of("cross product", "cross", (sd, x) -> sd.math().cross(x, wave(sd, x)), 3),
                OpSpec.of("cross products", "cross", (sd, x) -> sd.math().cross(x, wave(sd, x)), 2, 3));
    }

    private static List<OpSpec> remainders() {
        return List.of(
                // ND4J's own gradients of remainders are wrong.
                positiveFirstOrder(
                        "x floormod b",
                        "floormod",
                        (sd, x) -> square(sd, sd.math().floorMod(x, divisor(sd)))),
                positiveFirstOrder(
                        "x mod b", "mod", (sd, x) -> square(sd, sd.math().mod(x, divisor(sd)))),
                OpSpec.positive("real division", "realdiv", PairwiseSpecs::realDivision, 4),
                // ND4J has no gradient for it.
                OpSpec.firstOrder("division without NaN", "divide_no_nan", PairwiseSpecs::divideNoNan, 4));
    }

    private static SDVariable realDivision(SameDiff sd, SDVariable x) {
        return new RealDivOp(sd, new SDVariable[] {x, sd.math().square(x).add(1)}, false).outputVariable();
    }

    private static SDVariable divideNoNan(SameDiff sd, SDVariable x) {
        return new DivideNoNan(sd, x, sd.math().square(x).add(b(sd, 4)).add(2)).outputVariable();
    }

    private static SDVariable divisor(SameDiff sd) {
        return b(sd, 4).mul(0.1).add(0.7);
    }

    private static List<OpSpec> choices() {
        return List.of(
                // ND4J has no gradient for a choice.
                OpSpec.firstOrder("where", "Where", PairwiseSpecs::where, 5),
                OpSpec.firstOrder("select", "select", PairwiseSpecs::select, 5),
                OpSpec.firstOrder("select rows", "select", PairwiseSpecs::selectRows, 5),
                set("set where x > 0.3", Conditions.greaterThan(0.3)),
                set("set where x >= 0.3", Conditions.greaterThanOrEqual(0.3)),
                set("set where x < 0.3", Conditions.lessThan(0.3)),
                set("set where x <= 0.3", Conditions.lessThanOrEqual(0.3)),
                set("set where |x| > 1", Conditions.absGreaterThan(1)),
                set("set where |x| >= 1", Conditions.absGreaterThanOrEqual(1)),
                set("set where |x| < 1", Conditions.absLessThan(1)),
                set("set where |x| <= 1", Conditions.absLessThanOrEqual(1)),
                set("set where infinite", Conditions.isInfinite()),
                set("set where not a number", Conditions.isNan()));
    }

    private static OpSpec set(String label, Condition condition) {
        return OpSpec.of(label, "cas", (sd, x) -> square(sd, sd.replaceWhere(x, 0.1, condition)), 5);
    }

    private static OpSpec positiveFirstOrder(String label, String opName, OpSpec.Op op) {
        return new OpSpec(label, opName, new long[] {4}, 0.3, 2, false, op);
    }

    private static SDVariable where(SameDiff sd, SDVariable x) {
        return square(sd, sd.where(x, wave(sd, x), x.gt(0.2)));
    }

    private static SDVariable select(SameDiff sd, SDVariable x) {
        return square(sd, new Select(sd, new SDVariable[] {x.gt(0.2), x, wave(sd, x)}).outputVariable());
    }

    private static SDVariable selectRows(SameDiff sd, SDVariable x) {
        SDVariable rows = sd.max(x, 1).gt(1.2);
        return square(sd, new Select(sd, new SDVariable[] {rows, x, wave(sd, x)}).outputVariable());
    }

    private static SDVariable b(SameDiff sd, long... shape) {
        return OpSpecs.weight(sd, "b", shape);
    }

    private static SDVariable wave(SameDiff sd, SDVariable x) {
        return sd.math().sin(x.mul(2));
    }

    private static SDVariable square(SameDiff sd, SDVariable x) {
        return sd.math().square(x);
    }
}
