package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/**
 * Reads functions of every number that are made of linear maps and other activations. The parts' errors together cover those of the op,
 * which evaluates at most as much.
 */
final class ComposedOps {

    /**
     * Softmax leaves the order of its inputs, but for rounding: {@code p_j < p_c} wherever {@code z_j} is below {@code z_c} by more than
     * the errors of an exponential near 1, of a logarithm of the number of classes and of a few sums, well below 500 u.
     */
    private static final double ORDER_ROUNDING = 32;

    private ComposedOps() {}

    /** {@code x} above 0, {@code a x} below: {@code a x + (1 - a) relu(x)}. */
    static int prelu(OpContext context) {
        if (context.op().inputs().size() != 2 || context.dataInputs().size() != 1 || !isFirst(context)) {
            throw new Obstacle("its slopes depend on the sample");
        }
        double[] slopes = context.layers().spread(context.op().inputs().get(1), context.sampleShape(context.name()));
        double[] rest = Arrays.stream(slopes).map(a -> 1 - a).toArray();
        int x = input(context);
        int rectified = scaled(context, relu(context, x), rest, 0);
        return context.builder().sum(context.name(), scaled(context, x, slopes, 0), rectified, 1);
    }

    /** {@code 2 relu(x) - x}. */
    static int absolute(OpContext context) {
        int x = input(context);
        int twice = scaled(context, relu(context, x), filled(context, 2), 0);
        return context.builder().sum(context.name(), twice, x, -1);
    }

    /** {@code -softplus(-x)}. */
    static int logSigmoid(OpContext context) {
        int minus = scaled(context, input(context), filled(context, -1), 0);
        return scaled(context, activation(context, minus, Kind.SOFTPLUS), filled(context, -1), 0);
    }

    /** {@code relu(tanh(x))}. */
    static int rectifiedTanh(OpContext context) {
        return relu(context, activation(context, input(context), Kind.TANH));
    }

    static int atLeast(OpContext context) {
        return above(context, input(context), scalar(context));
    }

    static int atMost(OpContext context) {
        return below(context, input(context), scalar(context));
    }

    static int clipped(OpContext context) {
        double[] limits = context.op().function() instanceof DynamicCustomOp op ? op.tArgs() : new double[0];
        if (limits.length != 2 || context.op().inputs().size() != 1) {
            throw new Obstacle("its limits are not two numbers known in advance");
        }
        return below(context, above(context, input(context), limits[0]), limits[1]);
    }

    /** {@code relu(x - c) + c}. */
    private static int above(OpContext context, int x, double c) {
        int over = relu(context, scaled(context, x, filled(context, 1), -finite(c)));
        return scaled(context, over, filled(context, 1), c);
    }

    /** {@code c - relu(c - x)}. */
    private static int below(OpContext context, int x, double c) {
        int under = relu(context, scaled(context, x, filled(context, -1), finite(c)));
        return scaled(context, under, filled(context, -1), c);
    }

    /** Whether an op over the classes ends the graph. */
    static boolean areProbabilities(OpContext context) {
        long[] axes = context.integers();
        boolean ofClasses = context.sampleShape(context.name()).length == 1
                && (axes.length == 0 || Math.floorMod(axes[0], 2L) == 1);
        return ofClasses && context.name().equals(context.model().logits());
    }

    /** Behind a softmax that ends a graph stand the classes' logits in the order of their probabilities. */
    static int probabilities(OpContext context) {
        int[] shape = context.sampleShape(context.name());
        if (!areProbabilities(context)) {
            throw new Obstacle(
                    "it is not the last op, over the classes; only there is the order of its inputs all that counts");
        }
        double[] doubt = new double[shape[0]];
        Arrays.fill(doubt, ORDER_ROUNDING);
        return context.builder()
                .put(LinearNode.of(
                        context.name(),
                        input(context),
                        new DiagonalMap(filled(context, 1)),
                        new double[shape[0]],
                        doubt));
    }

    private static int relu(OpContext context, int from) {
        return activation(context, from, Kind.RELU);
    }

    private static int activation(OpContext context, int from, Kind kind) {
        int size = context.builder().size(from);
        return context.builder().put(new ActivationNode(context.name(), size, from, ActivationFunction.of(kind)));
    }

    private static int scaled(OpContext context, int from, double[] scale, double shift) {
        double[] bias = new double[scale.length];
        Arrays.fill(bias, shift);
        return context.builder().linear(context.name(), from, new DiagonalMap(scale), bias);
    }

    private static int input(OpContext context) {
        if (!isFirst(context)) {
            throw new Obstacle("samples are not its first operand alone");
        }
        return context.node(context.dataInputs().get(0));
    }

    private static boolean isFirst(OpContext context) {
        return context.dataInputs().size() == 1
                && context.op().inputs().get(0).equals(context.dataInputs().get(0));
    }

    private static double scalar(OpContext context) {
        if (context.op().function() instanceof ScalarOp op && op.scalar() != null) {
            return op.scalar().getDouble(0);
        }
        throw new Obstacle("it is of an unknown form, "
                + context.op().function().getClass().getSimpleName());
    }

    private static double finite(double c) {
        if (!(Math.abs(c) < Double.POSITIVE_INFINITY)) {
            throw new Obstacle("its limit is " + c);
        }
        return c;
    }

    private static double[] filled(OpContext context, double value) {
        int[] shape = context.sampleShape(context.name());
        double[] result = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.fill(result, value);
        return result;
    }
}
