package org.jacreg.vjp;

import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * ND4J's formats of convolution weights, by number: 0 is {@code [*kernel, I, O]}, 1 is {@code [O, I, *kernel]}, 2 is
 * {@code [O, *kernel, I]}. For a convolution I and O are its input and output channels, for a transposed one the other way
 * round, for a depthwise one the channels and the multiplier.
 *
 * @param space the number of spatial axes, 1 to 3
 * @param number the format
 */
record KernelFormat(int space, long number) {

    /** From this format to {@code [*kernel, I, O]} with at least two spatial axes. */
    SDVariable spaceFirst(SameDiff sd, SDVariable weights) {
        SDVariable first = number == 0 ? weights : sd.permute(weights, toSpaceFirst());
        return space == 1 ? sd.expandDims(first, 0) : first;
    }

    /** From {@code [I, O, *kernel]} with at least two spatial axes to this format. */
    SDVariable fromChannelsFirst(SameDiff sd, SDVariable weights) {
        SDVariable kernel = space == 1 ? sd.squeeze(weights, 2) : weights;
        if (number == 0) {
            return sd.permute(kernel, Layout.spaceFirst(space));
        }
        return sd.permute(kernel, number == 1 ? Layout.swapped(space) : outputsThenSpace());
    }

    private int[] toSpaceFirst() {
        int[] axes =
                IntStream.range(number == 1 ? 2 : 1, space + 4).limit(space + 2).toArray();
        axes[space] = number == 1 ? 1 : space + 1;
        axes[space + 1] = 0;
        return axes;
    }

    private int[] outputsThenSpace() {
        int[] axes = IntStream.range(1, space + 3).toArray();
        axes[0] = 1;
        axes[space + 1] = 0;
        return axes;
    }
}
