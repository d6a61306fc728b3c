package org.jacreg.vjp;

import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Where an image has its channels, and how it is brought into the one layout that rules work in: {@code [M, C, *space]} with
 * at least two spatial axes.
 *
 * @param space the number of spatial axes, 1 to 3
 * @param channelsLast whether the channels are the last axis, not the second
 */
record Layout(int space, boolean channelsLast) {

    int firstSpace() {
        return channelsLast ? 1 : 2;
    }

    int channels() {
        return channelsLast ? space + 1 : 1;
    }

    /** From this layout to the rules' own. */
    SDVariable first(SameDiff sd, SDVariable image) {
        SDVariable first = channelsLast ? sd.permute(image, channelsToFront()) : image;
        return space == 1 ? sd.expandDims(first, 2) : first;
    }

    /** From the rules' own layout to this one. */
    SDVariable back(SameDiff sd, SDVariable image) {
        SDVariable first = space == 1 ? sd.squeeze(image, 2) : image;
        return channelsLast ? sd.permute(first, channelsToEnd()) : first;
    }

    private int[] channelsToFront() {
        int[] axes = IntStream.range(-1, space + 1).toArray();
        axes[0] = 0;
        axes[1] = space + 1;
        return axes;
    }

    private int[] channelsToEnd() {
        int[] axes = IntStream.range(1, space + 3).toArray();
        axes[0] = 0;
        axes[space + 1] = 1;
        return axes;
    }

    /** {@code [A, B, *space]} to {@code [B, A, *space]}. */
    static int[] swapped(int space) {
        int[] axes = IntStream.range(0, space + 2).toArray();
        axes[0] = 1;
        axes[1] = 0;
        return axes;
    }

    /** {@code [A, B, *space]} to {@code [*space, A, B]}. */
    static int[] spaceFirst(int space) {
        return IntStream.range(0, space + 2)
                .map(axis -> (axis + 2) % (space + 2))
                .toArray();
    }
}
