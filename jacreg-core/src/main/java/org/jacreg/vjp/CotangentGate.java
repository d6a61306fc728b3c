package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The one place where cotangents are un-broadcast, and checked for count, shape and type.
 *
 * <p>SameDiff knows no shapes of computed variables, so shapes are checked by evaluating all cotangents of a walk on the
 * probe's two samples.
 */
final class CotangentGate {

    /** A cotangent that a rule returned, with what it should look like. */
    private record Claim(GraphOp op, int input, TensorSpec target, SDVariable cotangent) {

        String describe(String got) {
            return "the VJP rule of op '" + op.opName() + "' for input " + input + " ('" + target.name() + "') of '"
                    + op.outputs().get(0) + "' returned " + got;
        }
    }

    private final SameDiff sd;
    private final GraphProbe probe;
    private final int stack;
    private final List<Claim> claims = new ArrayList<>();

    CotangentGate(SameDiff sd, GraphProbe probe, int stack) {
        this.sd = sd;
        this.probe = probe;
        this.stack = stack;
    }

    /** Folds a cotangent of broadcast shape to the input's shape and remembers what it has to be. */
    SDVariable admit(
            GraphOp op, int input, boolean broadcasting, @org.jspecify.annotations.Nullable SDVariable cotangent) {
        TensorSpec target = probe.spec(op.inputs().get(input));
        if (cotangent == null) {
            throw new IllegalStateException("the VJP rule of op '" + op.opName() + "' for input " + input + " ('"
                    + target.name() + "') returned null; a rule returns a cotangent or is not registered");
        }
        SDVariable folded =
                broadcasting ? fold(cotangent, probe.spec(op.outputs().get(0)), target) : cotangent;
        claims.add(new Claim(op, input, target, folded));
        return folded;
    }

    /** The adjoint of broadcasting is the sum over the axes along which values were repeated. */
    private SDVariable fold(SDVariable cotangent, TensorSpec from, TensorSpec to) {
        int extra = from.rank() - to.rank();
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < from.rank(); axis++) {
            boolean added = axis < extra;
            boolean repeated = !added && to.dim(axis - extra) == 1 && from.dim(axis) != 1;
            if (added || repeated) {
                axes.add(axis);
            }
        }
        if (axes.isEmpty()) {
            return cotangent;
        }
        SDVariable summed = AxisFold.sum(
                cotangent,
                from.toArray(),
                axes.stream().mapToInt(Integer::intValue).toArray());
        return sd.reshape(summed, to.toArray());
    }

    /**
     * Evaluates all cotangents on the probe's batch and compares shapes and types.
     *
     * @param fed placeholder values, those of the seed cotangent included
     */
    void verify(Map<String, INDArray> fed) {
        if (claims.isEmpty()) {
            return;
        }
        Map<String, INDArray> values = evaluate(fed);
        for (Claim claim : claims) {
            check(claim, Objects.requireNonNull(values.get(claim.cotangent().name())));
        }
    }

    private void check(Claim claim, INDArray value) {
        long[] wanted = concrete(claim.target());
        if (!Arrays.equals(value.shape(), wanted)) {
            throw new IllegalStateException(claim.describe("shape " + Arrays.toString(value.shape()) + " for "
                    + probe.sampleBatchSize() + " samples and " + stack + " stacked cotangents; expected "
                    + Arrays.toString(wanted)));
        }
        if (value.dataType() != claim.target().dataType()) {
            throw new IllegalStateException(claim.describe(
                    "type " + value.dataType() + "; expected " + claim.target().dataType()));
        }
    }

    private Map<String, INDArray> evaluate(Map<String, INDArray> fed) {
        List<String> names = claims.stream()
                .map(claim -> claim.cotangent().name())
                .distinct()
                .toList();
        try {
            return sd.output(fed, names);
        } catch (RuntimeException e) {
            throw firstFailure(fed, e);
        }
    }

    /** Evaluates cotangent by cotangent, in the order of the walk, to name the rule that fails first. */
    private IllegalStateException firstFailure(Map<String, INDArray> fed, RuntimeException together) {
        for (Claim claim : claims) {
            INDArray value;
            try {
                value = sd.outputSingle(fed, claim.cotangent().name());
            } catch (RuntimeException e) {
                return new IllegalStateException(
                        claim.describe("nodes that cannot be evaluated: " + e.getMessage()), e);
            }
            // A cotangent of a wrong shape makes later rules fail: the first of them is to blame.
            check(claim, value);
        }
        return new IllegalStateException("the cotangents cannot be evaluated: " + together.getMessage(), together);
    }

    private long[] concrete(TensorSpec spec) {
        long[] shape = spec.toArray();
        int batch = spec.batchAxis();
        if (batch >= 0) {
            shape[batch] = probe.sizeInSampleBatch(spec.name(), batch) * stack;
        }
        return shape;
    }
}
