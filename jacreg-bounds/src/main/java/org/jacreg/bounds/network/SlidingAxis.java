package org.jacreg.bounds.network;

/**
 * How a window slides along one spatial axis: tap {@code t} of position {@code p} lies on entry {@code p stride - padding +
 * t dilation}, on padding where that is outside of the image.
 *
 * @param size entries of the image
 * @param positions positions of the window
 * @param taps taps of the window
 * @param stride step between positions
 * @param padding entries before the first; negative where the window starts behind it
 * @param dilation step between taps
 */
public record SlidingAxis(int size, int positions, int taps, int stride, int padding, int dilation) {

    /** ND4J's padding modes. */
    private static final int EXPLICIT = 0;

    private static final int SAME = 1;

    /**
     * Checks the sizes.
     *
     * @param size entries of the image
     * @param positions positions of the window
     * @param taps taps of the window
     * @param stride step between positions
     * @param padding entries before the first
     * @param dilation step between taps
     * @throws IllegalArgumentException if a number other than {@code padding} is not positive
     */
    public SlidingAxis {
        if (size < 1 || positions < 1 || taps < 1 || stride < 1 || dilation < 1) {
            throw new IllegalArgumentException("window along an axis: got size " + size + ", positions " + positions
                    + ", taps " + taps + ", stride " + stride + ", dilation " + dilation + ", wanted positive numbers");
        }
    }

    /** The axis of an op with one of ND4J's padding modes: explicit, SAME (the smaller half in front) or CAUSAL. */
    static SlidingAxis of(long mode, int size, int positions, int taps, int stride, int padding, int dilation) {
        int reach = (taps - 1) * dilation;
        int span = (positions - 1) * stride + reach + 1;
        int front = mode == EXPLICIT ? padding : mode == SAME ? (span - size) / 2 : reach;
        return new SlidingAxis(size, positions, taps, stride, front, dilation);
    }

    /**
     * The entry under a tap.
     *
     * @param position the window's position
     * @param tap the tap
     * @return its index, outside of [0, size) for padding
     */
    public int entry(int position, int tap) {
        return position * stride - padding + tap * dilation;
    }

    /** Whether a tap at a position lies on the image. */
    boolean inside(int position, int tap) {
        int entry = entry(position, tap);
        return entry >= 0 && entry < size;
    }

    /** The first position at which a tap is not before the image. */
    int firstPosition(int tap) {
        return Math.max(0, Math.floorDiv(padding - tap * dilation + stride - 1, stride));
    }

    /** The position from which on a tap is behind the image; at least {@link #firstPosition}. */
    int endPosition(int tap) {
        int end = Math.floorDiv(size - 1 + padding - tap * dilation, stride) + 1;
        return Math.max(firstPosition(tap), Math.min(positions, end));
    }

    /** How many windows lie over the entry that most of them lie over. */
    int mostWindowsOverOneEntry() {
        int[] windows = new int[size];
        int most = 0;
        for (int position = 0; position < positions; position++) {
            for (int tap = 0; tap < taps; tap++) {
                if (inside(position, tap)) {
                    most = Math.max(most, ++windows[entry(position, tap)]);
                }
            }
        }
        return most;
    }
}
