package org.jacreg.attacks;

import java.util.Arrays;

/**
 * Where the pixels of an image lie among the entries of an input, which are counted in row-major order.
 *
 * @param channels the number of colours, at least 1
 * @param height the number of rows of pixels, at least 1
 * @param width the number of pixels in a row, at least 1
 * @param channelsLast true if the colours of a pixel are neighbours ({@code [H, W, C]}), false if every colour is an image of its own
 *     ({@code [C, H, W]})
 */
public record ImageLayout(int channels, int height, int width, boolean channelsLast) {

    /** The least side at which a flat input of {@code side * side} entries is taken for an image; the digits of the UCI set have 8. */
    private static final int LEAST_SIDE = 8;

    /** The greatest number of colours (with transparency) that decides for an order of axes. */
    private static final int MOST_CHANNELS = 4;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is below 1
     */
    public ImageLayout {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException("image layout: channels, height and width must be at least 1, got "
                    + channels + ", " + height + ", " + width);
        }
    }

    /**
     * Images {@code [C, H, W]}, also where they are handed over flattened.
     *
     * @param channels the number of colours
     * @param height the number of rows of pixels
     * @param width the number of pixels in a row
     * @return the layout
     * @throws IllegalArgumentException if a size is below 1
     */
    public static ImageLayout channelsFirst(int channels, int height, int width) {
        return new ImageLayout(channels, height, width, false);
    }

    /**
     * Images {@code [H, W, C]}, also where they are handed over flattened.
     *
     * @param height the number of rows of pixels
     * @param width the number of pixels in a row
     * @param channels the number of colours
     * @return the layout
     * @throws IllegalArgumentException if a size is below 1
     */
    public static ImageLayout channelsLast(int height, int width, int channels) {
        return new ImageLayout(channels, height, width, true);
    }

    /**
     * Inputs that are no images: one row of pixels.
     *
     * @param features the number of entries
     * @return the layout
     * @throws IllegalArgumentException if there is none
     */
    public static ImageLayout flat(int features) {
        return new ImageLayout(1, 1, features, false);
    }

    /**
     * The layout that a shape suggests.
     *
     * <p>{@code [a, b, c]} is {@code [H, W, C]} if {@code c} is at most 4 and {@code a} is more, and otherwise {@code [C, H, W]}.
     * {@code [a, b]} is {@code [H, W]} with one colour. {@code [n]} is a square image of one colour if {@code n} is the square of a number
     * from 8 on (784 is 28 x 28), and otherwise no image; so is every other shape.
     *
     * @param inputShape the shape of one input; not modified
     * @return the layout
     */
    public static ImageLayout ofShape(long... inputShape) {
        if (inputShape.length == 3) {
            int a = Math.toIntExact(inputShape[0]);
            int b = Math.toIntExact(inputShape[1]);
            int c = Math.toIntExact(inputShape[2]);
            return c <= MOST_CHANNELS && a > MOST_CHANNELS ? channelsLast(a, b, c) : channelsFirst(a, b, c);
        }
        if (inputShape.length == 2) {
            return channelsFirst(1, Math.toIntExact(inputShape[0]), Math.toIntExact(inputShape[1]));
        }
        int entries = Math.toIntExact(Arrays.stream(inputShape).reduce(1, Math::multiplyExact));
        int side = (int) Math.round(Math.sqrt(entries));
        boolean image = inputShape.length == 1 && side >= LEAST_SIDE && side * side == entries;
        return image ? channelsFirst(1, side, side) : flat(entries);
    }

    /**
     * The number of entries of an input.
     *
     * @return {@code C H W}
     */
    public int entries() {
        return channels * height * width;
    }

    /** Where an entry lies. */
    int index(int channel, int row, int column) {
        return channelsLast ? (row * width + column) * channels + channel : (channel * height + row) * width + column;
    }

    /** The layout in the order of its axes. */
    @Override
    public String toString() {
        return channelsLast
                ? "HWC(" + height + ", " + width + ", " + channels + ")"
                : "CHW(" + channels + ", " + height + ", " + width + ")";
    }
}
