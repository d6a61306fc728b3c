package org.jacreg.runtime.reference;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the window of a convolution or pooling slides over an image of one to three axes, read off the integers that such ops
 * start with: kernel, stride, padding and dilation of every axis, the padding mode (0 explicit, 1 SAME, 2 CAUSAL), then
 * what the op adds.
 *
 * @param axes the spatial axes
 * @param channelsLast whether images are {@code [N, *space, C]} instead of {@code [N, C, *space]}
 */
record SlidingWindow(List<Axis> axes, boolean channelsLast) {

    private static final int SAME = 1;
    private static final int CAUSAL = 2;

    record Axis(int size, int positions, int kernel, int stride, int front, int dilation) {

        /** The image's row under a tap at a position; outside of the image for padding. */
        int row(int position, int tap) {
            return position * stride - front + tap * dilation;
        }
    }

    /** The window of an op between an image and what has one element per position. */
    static SlidingWindow of(OpCall call, long[] image, long[] positions, boolean channelsLast) {
        int space = image.length - 2;
        int first = channelsLast ? 1 : 2;
        int mode = call.integer(4 * space);
        List<Axis> axes = IntStream.range(0, space)
                .mapToObj(a -> {
                    int kernel = call.integer(a);
                    int stride = call.integer(space + a);
                    int dilation = call.integer(3 * space + a);
                    int size = (int) image[first + a];
                    int count = (int) positions[first + a];
                    int reach = (kernel - 1) * dilation;
                    // SAME: the smaller half in front; where strides leap over rows, a negative one.
                    int front = mode == SAME
                            ? ((count - 1) * stride + reach + 1 - size) / 2
                            : mode == CAUSAL ? reach : call.integer(2 * space + a);
                    return new Axis(size, count, kernel, stride, front, dilation);
                })
                .toList();
        return new SlidingWindow(axes, channelsLast);
    }

    int[] taps() {
        return axes.stream().mapToInt(Axis::kernel).toArray();
    }

    int[] positions() {
        return axes.stream().mapToInt(Axis::positions).toArray();
    }

    /** The spatial part of an index of an image. */
    int[] space(int[] index) {
        int first = channelsLast ? 1 : 2;
        return Arrays.copyOfRange(index, first, first + axes.size());
    }

    int channel(int[] index) {
        return index[channelsLast ? index.length - 1 : 1];
    }

    /** The number of an image at a sample, channel and place; 0 outside of it. */
    double at(Operand image, int sample, int channel, int[] place) {
        int[] index = new int[place.length + 2];
        index[0] = sample;
        index[channelsLast ? index.length - 1 : 1] = channel;
        System.arraycopy(place, 0, index, channelsLast ? 1 : 2, place.length);
        return inside(place) ? image.at(index) : 0;
    }

    boolean inside(int[] place) {
        for (int a = 0; a < axes.size(); a++) {
            if (place[a] < 0 || place[a] >= axes.get(a).size()) {
                return false;
            }
        }
        return true;
    }

    /** The image's place under a tap at a position. */
    int[] place(int[] position, int[] tap) {
        return IntStream.range(0, axes.size())
                .map(a -> axes.get(a).row(position[a], tap[a]))
                .toArray();
    }

    /** The position at which a tap lies over a place; null where there is none. */
    int @Nullable [] position(int[] place, int[] tap) {
        int[] position = new int[axes.size()];
        for (int a = 0; a < position.length; a++) {
            int shifted = place[a] + axes.get(a).front() - tap[a] * axes.get(a).dilation();
            position[a] = Math.floorDiv(shifted, axes.get(a).stride());
            boolean exact = Math.floorMod(shifted, axes.get(a).stride()) == 0;
            if (!exact || position[a] < 0 || position[a] >= axes.get(a).positions()) {
                return null;
            }
        }
        return position;
    }

    /** The number at a sample, channel and position, of an array with one element per position. */
    double atPosition(Operand array, int sample, int channel, int[] position) {
        int[] index = new int[position.length + 2];
        index[0] = sample;
        index[channelsLast ? index.length - 1 : 1] = channel;
        System.arraycopy(position, 0, index, channelsLast ? 1 : 2, position.length);
        return array.at(index);
    }
}
