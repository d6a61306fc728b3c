package org.jacreg.attacks;

import java.util.SplittableRandom;

/**
 * A rectangle of pixels, which the Square attack changes at once.
 *
 * @param top its first row
 * @param left its first column
 * @param height its number of rows
 * @param width its number of columns
 */
record SquareWindow(int top, int left, int height, int width) {

    /** Iterations after which the share of changed pixels is halved, for a budget of 10 000 queries (the paper, section 3). */
    private static double halvings(int iteration) {
        int[] ends = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};
        int halvings = 0;
        while (halvings < ends.length && iteration > ends[halvings]) {
            halvings++;
        }
        return halvings;
    }

    /** The share of pixels that an iteration changes: {@code p} up to iteration 10, a half of it up to 50, and so on. */
    static double share(double p, int iteration) {
        return p * Math.pow(2, -halvings(iteration));
    }

    /**
     * A window of a given share of the pixels, as square as the image allows, anywhere in the image with equal probability.
     *
     * @param least the least side, where the image has it
     * @param odd whether sides must be odd, where the image has room
     */
    static SquareWindow draw(ImageLayout layout, double share, int least, boolean odd, SplittableRandom random) {
        int h = layout.height();
        int w = layout.width();
        int side = side(Math.sqrt(share * h * w), least, odd);
        // a strip too narrow for the square takes a longer piece instead, so that the share stays
        int height = Math.min(h, side > w ? side(share * h, least, odd) : side);
        int width = Math.min(w, side > h ? side(share * w, least, odd) : side);
        return new SquareWindow(random.nextInt(h - height + 1), random.nextInt(w - width + 1), height, width);
    }

    private static int side(double wanted, int least, boolean odd) {
        int side = Math.max(least, (int) Math.rint(wanted));
        return odd && side % 2 == 0 ? side + 1 : side;
    }

    int pixels() {
        return height * width;
    }

    /** Where the pixel with a number within this window (row by row) lies among the entries of an input. */
    int index(ImageLayout layout, int channel, int pixel) {
        return layout.index(channel, top + pixel / width, left + pixel % width);
    }

    /** Whether the pixel with a number within this window lies in another one. */
    boolean isIn(SquareWindow other, int pixel) {
        int row = top + pixel / width;
        int column = left + pixel % width;
        return row >= other.top
                && row < other.top + other.height
                && column >= other.left
                && column < other.left + other.width;
    }
}
