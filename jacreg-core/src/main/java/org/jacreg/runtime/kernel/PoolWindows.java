package org.jacreg.runtime.kernel;

import java.util.Arrays;

/** The pixels of every window of a channel, one list after another. */
final class PoolWindows {

    /** Where the list of an output pixel begins; one more than there are pixels. */
    private final int[] starts;

    private final int[] places;

    PoolWindows(PoolShape shape) {
        int height = shape.output().height();
        int width = shape.output().width();
        starts = new int[height * width + 1];
        int[] found = new int
                [height * width * shape.window().kernelHeight() * shape.window().kernelWidth()];
        int[] count = {0};
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                shape.visit(y, x, place -> found[count[0]++] = place);
                starts[y * width + x + 1] = count[0];
            }
        }
        places = Arrays.copyOf(found, count[0]);
    }

    int from(int pixel) {
        return starts[pixel];
    }

    int to(int pixel) {
        return starts[pixel + 1];
    }

    int place(int index) {
        return places[index];
    }
}
