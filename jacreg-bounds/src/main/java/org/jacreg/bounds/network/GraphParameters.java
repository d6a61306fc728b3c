package org.jacreg.bounds.network;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The values of what a graph's ops read beside the samples: weights, constants, and what is computed of them alone. */
final class GraphParameters {

    private final GraphModel model;
    private final GraphProbe probe;

    /** The variables that depend on the sample. */
    private final Set<String> data;

    GraphParameters(GraphModel model, GraphProbe probe, Set<String> data) {
        this.model = model;
        this.probe = probe;
        this.data = data;
    }

    /** The value of a parameter, in float64 and row-major order, a fresh array. */
    INDArray value(String name) {
        return ofOwnType(name).castTo(DataType.DOUBLE).dup('c');
    }

    /** The value of a parameter as it is; not to be modified. */
    INDArray ofOwnType(String name) {
        SDVariable variable = model.sameDiff().getVariable(name);
        if (data.contains(name)
                || variable.getVariableType() == VariableType.PLACEHOLDER
                || probe.spec(name).batched()) {
            throw new UnreadableOp("'" + name + "' is no parameter: it depends on the sample or is a placeholder");
        }
        return variable.getVariableType() == VariableType.ARRAY
                ? model.sameDiff().outputSingle(Map.copyOf(probe.sampleBatch()), name)
                : variable.getArr();
    }

    double[] numbers(String name) {
        INDArray value = value(name);
        return value.reshape(value.length()).toDoubleVector();
    }

    /** A parameter as it broadcasts against one sample of a shape, flattened in row-major order. */
    double[] spread(String name, long[] sampleShape) {
        INDArray value = value(name);
        long[] shape = new long[sampleShape.length + 1];
        Arrays.fill(shape, 1);
        int missing = shape.length - value.rank();
        for (int axis = 0; axis < value.rank(); axis++) {
            if (axis + missing < 0) {
                throw tooLarge(name, value.shape(), sampleShape);
            }
            shape[axis + missing] = value.size(axis);
        }
        if (shape[0] != 1) {
            throw tooLarge(name, value.shape(), sampleShape);
        }
        return spread(
                value.reshape(value.length()).toDoubleVector(),
                Arrays.copyOfRange(shape, 1, shape.length),
                sampleShape,
                name);
    }

    /** Numbers along one axis of a sample. */
    double[] along(String name, int axis, long[] sampleShape) {
        long[] shape = new long[sampleShape.length];
        Arrays.fill(shape, 1);
        shape[axis] = sampleShape[axis];
        return spread(numbers(name), shape, sampleShape, name);
    }

    private static double[] spread(double[] numbers, long[] shape, long[] sampleShape, String name) {
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] != 1 && shape[axis] != sampleShape[axis]) {
                throw tooLarge(name, shape, sampleShape);
            }
        }
        if (numbers.length != Arrays.stream(shape).reduce(1, (a, b) -> a * b)) {
            throw tooLarge(name, shape, sampleShape);
        }
        int length = (int) Arrays.stream(sampleShape).reduce(1, Math::multiplyExact);
        double[] result = new double[length];
        for (int i = 0; i < length; i++) {
            long rest = i;
            long at = 0;
            long step = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                long coordinate = rest % sampleShape[axis];
                rest /= sampleShape[axis];
                at += shape[axis] == 1 ? 0 : coordinate * step;
                step *= shape[axis];
            }
            result[i] = numbers[(int) at];
        }
        return result;
    }

    private static UnreadableOp tooLarge(String name, long[] shape, long[] sampleShape) {
        return new UnreadableOp("'" + name + "' of shape " + Arrays.toString(shape)
                + " does not broadcast against a sample of shape " + Arrays.toString(sampleShape)
                + " without enlarging it");
    }
}
