package org.jacreg.runtime.kernel;

/**
 * The shape {@code [C, H, W]} of one image.
 *
 * @param channels C
 * @param height H
 * @param width W
 */
public record ImageShape(int channels, int height, int width) {

    /** Checks that sizes are positive. */
    public ImageShape {
        if (!(channels >= 1 && height >= 1 && width >= 1)) {
            throw new IllegalArgumentException(
                    "expected sizes of at least 1, got channels=" + channels + " height=" + height + " width=" + width);
        }
        Math.multiplyExact(Math.multiplyExact(channels, height), width);
    }

    /**
     * Elements of one image.
     *
     * @return {@code C H W}
     */
    public int size() {
        return channels * height * width;
    }

    int plane() {
        return height * width;
    }

    @Override
    public String toString() {
        return "[" + channels + ", " + height + ", " + width + "]";
    }
}
