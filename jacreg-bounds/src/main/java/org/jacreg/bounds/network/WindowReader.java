package org.jacreg.bounds.network;

import java.util.Arrays;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ReduceOp;

/**
 * Reads convolutions and poolings. Their integers are, for s spatial axes: taps, stride, padding and dilation, s of each;
 * the padding mode; for a convolution, whether channels come last and the format of the weights; for a pooling, the divisor
 * and whether channels come last.
 *
 * @param op the op, whose first operand are the samples
 * @param probe the shapes
 * @param parameters the weights
 */
record WindowReader(GraphOp op, GraphProbe probe, GraphParameters parameters) {

    private static final int CAUSAL = 2;

    Convolution convolution() {
        int space = space();
        boolean channelsLast = setting(4 * space + 1) == 1;
        int[] order = order(space, setting(4 * space + 2));
        INDArray weights = parameters.value(op.inputs().get(1)).permute(order).dup('c');
        double[] kernel = weights.reshape(weights.length()).toDoubleVector();
        int outputs = Math.toIntExact(weights.size(0));
        boolean biased = op.inputs().size() > 2;
        double[] bias = biased ? parameters.numbers(op.inputs().get(2)) : new double[outputs];
        if (bias.length != outputs) {
            throw new UnreadableOp("its bias has " + bias.length + " numbers for " + outputs + " channels");
        }
        return new Convolution(
                op.outputs().get(0),
                space == 1 ? new SlidingAxis(1, 1, 1, 1, 0, 1) : axis(0, channelsLast),
                axis(space - 1, channelsLast),
                channels(channelsLast),
                channelsLast,
                kernel,
                bias,
                outputs,
                biased ? outputs : 0);
    }

    /** From one of ND4J's formats, [*kernel, I, O], [O, I, *kernel] or [O, *kernel, I], to [O, I, *kernel]. */
    private static int[] order(int space, long format) {
        if (format == 0) {
            return space == 1 ? new int[] {2, 1, 0} : new int[] {3, 2, 0, 1};
        }
        if (format == 1) {
            return space == 1 ? new int[] {0, 1, 2} : new int[] {0, 1, 2, 3};
        }
        return space == 1 ? new int[] {0, 2, 1} : new int[] {0, 3, 1, 2};
    }

    Pooling meanPooling() {
        return pooling(setting(9) == 0 ? Pooling.Kind.MEAN : Pooling.Kind.MEAN_WITH_PADDING);
    }

    Pooling pooling(Pooling.Kind kind) {
        boolean channelsLast = setting(10) == 1;
        return new Pooling(
                op.outputs().get(0),
                kind,
                axis(0, channelsLast),
                axis(1, channelsLast),
                channels(channelsLast),
                channelsLast);
    }

    /**
     * The mean over one or both spatial axes of an image. Which axis holds the channels does not matter to a mean along
     * another one, so it is taken to be the one that makes the others spatial.
     */
    Pooling mean() {
        int[] axes = axes();
        boolean channelsLast = axes.length > 0 && axes[0] == 1;
        int first = channelsLast ? 1 : 2;
        boolean spatial = axes.length > 0 && Arrays.stream(axes).allMatch(axis -> axis == first || axis == first + 1);
        if (probe.spec(op.inputs().get(0)).rank() != 4 || !spatial) {
            throw new UnreadableOp("only a mean over spatial axes of an image is a layer here");
        }
        return new Pooling(
                op.outputs().get(0),
                Pooling.Kind.MEAN,
                folded(0, channelsLast, Arrays.stream(axes).anyMatch(axis -> axis == first)),
                folded(1, channelsLast, Arrays.stream(axes).anyMatch(axis -> axis == first + 1)),
                channels(channelsLast),
                channelsLast);
    }

    /** The axes that are folded: in a second operand, or in the op. */
    private int[] axes() {
        INDArray axes = op.inputs().size() > 1
                ? parameters.value(op.inputs().get(1))
                : op.function() instanceof ReduceOp reduce ? reduce.dimensions() : null;
        return axes == null || axes.isEmpty()
                ? new int[0]
                : Arrays.stream(axes.toIntVector())
                        .map(axis -> Math.floorMod(axis, 4))
                        .sorted()
                        .toArray();
    }

    private SlidingAxis folded(int i, boolean channelsLast, boolean whole) {
        int size = size(op.inputs().get(0), i, channelsLast);
        return whole ? new SlidingAxis(size, 1, size, 1, 0, 1) : new SlidingAxis(size, size, 1, 1, 0, 1);
    }

    private int space() {
        int space = probe.spec(op.inputs().get(0)).rank() - 2;
        if (space < 1 || space > 2) {
            throw new UnreadableOp("it has " + space + " spatial axes; one or two are read");
        }
        return space;
    }

    private SlidingAxis axis(int i, boolean channelsLast) {
        int space = space();
        long mode = setting(4 * space);
        if (mode < 0 || mode > CAUSAL) {
            throw new UnreadableOp("its padding mode is " + mode + "; explicit (0), SAME (1) and CAUSAL (2) are read");
        }
        return SlidingAxis.of(
                mode,
                size(op.inputs().get(0), i, channelsLast),
                size(op.outputs().get(0), i, channelsLast),
                Math.toIntExact(setting(i)),
                Math.toIntExact(setting(space + i)),
                Math.toIntExact(setting(2 * space + i)),
                Math.toIntExact(setting(3 * space + i)));
    }

    private int size(String variable, int i, boolean channelsLast) {
        return Math.toIntExact(probe.spec(variable).dim(i + (channelsLast ? 1 : 2)));
    }

    private int channels(boolean channelsLast) {
        String image = op.inputs().get(0);
        return Math.toIntExact(
                probe.spec(image).dim(channelsLast ? probe.spec(image).rank() - 1 : 1));
    }

    private long setting(int index) {
        long[] settings = OpReader.custom(op).iArgs();
        return settings.length > index ? settings[index] : 0;
    }
}
