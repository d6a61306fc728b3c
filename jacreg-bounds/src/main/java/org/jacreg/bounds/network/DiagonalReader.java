package org.jacreg.bounds.network;

import java.util.Arrays;
import org.jacreg.graph.GraphOp;

/** Reads arithmetic of samples and constants as a diagonal map. */
final class DiagonalReader {

    private final GraphOp op;
    private final int samples;
    private final long[] shape;
    private final GraphParameters parameters;

    /**
     * For one op.
     *
     * @param op the op
     * @param samples which of its operands the samples are
     * @param shape the shape of one sample, before and after
     * @param parameters the values of the other operands
     */
    DiagonalReader(GraphOp op, int samples, long[] shape, GraphParameters parameters) {
        this.op = op;
        this.samples = samples;
        this.shape = shape;
        this.parameters = parameters;
    }

    Scaling scaling() {
        return switch (op.opName()) {
            case "add" -> map(ones(1), other());
            case "subtract" -> samples == 0 ? map(ones(1), negated(other())) : map(ones(-1), other());
            case "reversesubtract" -> samples == 0 ? map(ones(-1), other()) : map(ones(1), negated(other()));
            case "multiply" -> map(other(), ones(0));
            case "divide", "realdiv" -> quotient(0);
            case "reversedivide" -> quotient(1);
            case "biasadd" -> map(ones(1), bias());
            case "neg" -> map(ones(-1), ones(0));
            case "add_scalar" -> map(ones(1), ones(OpReader.scalar(op)));
            case "sub_scalar" -> map(ones(1), ones(-OpReader.scalar(op)));
            case "rsub_scalar" -> map(ones(-1), ones(OpReader.scalar(op)));
            case "mul_scalar" -> map(ones(OpReader.scalar(op)), ones(0));
            case "div_scalar" -> map(ones(1 / OpReader.scalar(op)), ones(0));
            case "batchnorm" -> batchNorm();
            default -> throw new UnreadableOp("no layer of this kind is known");
        };
    }

    private Scaling map(double[] scale, double[] shift) {
        return new Scaling(op.outputs().get(0), scale, shift);
    }

    private Scaling quotient(int dividend) {
        if (samples != dividend) {
            throw new UnreadableOp("it divides by the samples");
        }
        double[] divisor = other();
        return map(Arrays.stream(divisor).map(d -> 1 / d).toArray(), ones(0));
    }

    private double[] ones(double factor) {
        double[] result = new double[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.fill(result, factor);
        return result;
    }

    private double[] other() {
        if (op.inputs().size() != 2) {
            throw new UnreadableOp("it has " + op.inputs().size() + " operands");
        }
        return parameters.spread(op.inputs().get(1 - samples), shape);
    }

    private static double[] negated(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    /** A bias is added along the channel axis: the first of a sample, or the last one. */
    private double[] bias() {
        requireFirst();
        boolean[] flags = OpReader.custom(op).bArgs();
        int axis = flags.length > 0 && flags[0] ? 0 : shape.length - 1;
        return parameters.along(op.inputs().get(1), axis, shape);
    }

    /** {@code (x - mean) / sqrt(variance + eps) gamma + beta} with mean, variance, gamma and beta along one axis. */
    private Scaling batchNorm() {
        requireFirst();
        long[] settings = OpReader.custom(op).iArgs();
        boolean hasGamma = settings[0] != 0;
        boolean hasBeta = settings[1] != 0;
        if (settings.length > 3) {
            throw new UnreadableOp("it normalises along several axes");
        }
        int rank = shape.length + 1;
        int axis = settings.length == 2 ? rank - 1 : (int) Math.floorMod(settings[2], (long) rank);
        if (axis == 0) {
            throw new UnreadableOp("it normalises along the batch axis");
        }
        double epsilon = OpReader.custom(op).tArgs()[0];
        double[] mean = parameters.along(op.inputs().get(1), axis - 1, shape);
        double[] variance = parameters.along(op.inputs().get(2), axis - 1, shape);
        double[] scale = hasGamma ? parameters.along(op.inputs().get(3), axis - 1, shape) : ones(1);
        double[] shift = hasBeta ? parameters.along(op.inputs().get(hasGamma ? 4 : 3), axis - 1, shape) : ones(0);
        for (int i = 0; i < scale.length; i++) {
            scale[i] /= Math.sqrt(variance[i] + epsilon);
            shift[i] -= mean[i] * scale[i];
        }
        return map(scale, shift);
    }

    private void requireFirst() {
        if (samples != 0) {
            throw new UnreadableOp("samples are not its first operand");
        }
    }
}
