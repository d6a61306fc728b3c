package org.jacreg.bounds.network;

import java.util.Arrays;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.report.Fingerprint;

/** Pooling of every channel of an image over windows, by maximum or mean. Padding is never a maximum. */
public final class Pooling implements Layer {

    /** What is taken of a window. */
    public enum Kind {
        /** The largest entry. */
        MAXIMUM,
        /** The sum, over the number of taps that lie on the image. */
        MEAN,
        /** The sum, over the number of taps. */
        MEAN_WITH_PADDING
    }

    private final String name;
    private final Kind kind;
    private final SlidingAxis rows;
    private final SlidingAxis columns;
    private final ImageLayout image;
    private final ImageLayout pooled;

    /**
     * Makes a pooling.
     *
     * @param name the layer's name
     * @param kind what is taken of a window
     * @param rows how the window slides along the height
     * @param columns how the window slides along the width
     * @param channels number of channels
     * @param channelsLast whether image and result are {@code [H, W, C]} instead of {@code [C, H, W]}
     * @throws IllegalArgumentException if there is no channel, or a window lies on padding altogether
     */
    public Pooling(String name, Kind kind, SlidingAxis rows, SlidingAxis columns, int channels, boolean channelsLast) {
        if (channels < 1) {
            throw new IllegalArgumentException(
                    "layer '" + name + "': got " + channels + " channels, wanted at least 1");
        }
        requireOnImage(name, rows);
        requireOnImage(name, columns);
        this.name = name;
        this.kind = kind;
        this.rows = rows;
        this.columns = columns;
        this.image = new ImageLayout(channels, rows.size(), columns.size(), channelsLast);
        this.pooled = new ImageLayout(channels, rows.positions(), columns.positions(), channelsLast);
    }

    private static void requireOnImage(String name, SlidingAxis axis) {
        for (int position = 0; position < axis.positions(); position++) {
            if (tapsOnImage(axis, position) == 0) {
                throw new IllegalArgumentException("layer '" + name + "': the window at position " + position + " of "
                        + axis + " lies on padding altogether, so it has neither a maximum nor a mean");
            }
        }
    }

    private static int tapsOnImage(SlidingAxis axis, int position) {
        int count = 0;
        for (int tap = 0; tap < axis.taps(); tap++) {
            count += axis.inside(position, tap) ? 1 : 0;
        }
        return count;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int inputs() {
        return image.length();
    }

    @Override
    public int outputs() {
        return pooled.length();
    }

    /**
     * What is taken of a window.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /** The entries of the image under the window of an output. */
    int[] window(int output) {
        int perChannel = pooled.height() * pooled.width();
        int c = pooled.channelsLast() ? output % pooled.channels() : output / perChannel;
        int position = pooled.channelsLast() ? output / pooled.channels() : output % perChannel;
        int p = position / pooled.width();
        int q = position % pooled.width();
        int[] entries = new int[rows.taps() * columns.taps()];
        int count = 0;
        for (int s = 0; s < rows.taps(); s++) {
            for (int t = 0; t < columns.taps(); t++) {
                if (rows.inside(p, s) && columns.inside(q, t)) {
                    entries[count++] = image.index(c, rows.entry(p, s), columns.entry(q, t));
                }
            }
        }
        return Arrays.copyOf(entries, count);
    }

    /** The weight that the mean gives to the entries under a window. */
    double weight(int entriesUnderWindow) {
        return 1.0 / (kind == Kind.MEAN ? entriesUnderWindow : (double) rows.taps() * columns.taps());
    }

    @Override
    public double[] apply(double[] x) {
        double[] y = new double[pooled.length()];
        for (int c = 0; c < pooled.channels(); c++) {
            for (int p = 0; p < pooled.height(); p++) {
                for (int q = 0; q < pooled.width(); q++) {
                    y[pooled.index(c, p, q)] = kind == Kind.MAXIMUM ? maximum(x, c, p, q) : mean(x, c, p, q);
                }
            }
        }
        return y;
    }

    private double maximum(double[] x, int c, int p, int q) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int s = 0; s < rows.taps(); s++) {
            for (int t = 0; t < columns.taps(); t++) {
                if (rows.inside(p, s) && columns.inside(q, t)) {
                    largest = Math.max(largest, x[image.index(c, rows.entry(p, s), columns.entry(q, t))]);
                }
            }
        }
        return largest;
    }

    private double mean(double[] x, int c, int p, int q) {
        double sum = 0;
        for (int s = 0; s < rows.taps(); s++) {
            for (int t = 0; t < columns.taps(); t++) {
                if (rows.inside(p, s) && columns.inside(q, t)) {
                    sum += x[image.index(c, rows.entry(p, s), columns.entry(q, t))];
                }
            }
        }
        return sum / ((double) divisor(rows, p) * divisor(columns, q));
    }

    /** What squared paths add up to: a mean over k entries multiplies each by 1/k^2; a maximum passes the largest. */
    double[] applySquared(double[] x) {
        double[] y = apply(x);
        for (int c = 0; c < pooled.channels() && kind != Kind.MAXIMUM; c++) {
            for (int p = 0; p < pooled.height(); p++) {
                for (int q = 0; q < pooled.width(); q++) {
                    y[pooled.index(c, p, q)] /= (double) divisor(rows, p) * divisor(columns, q);
                }
            }
        }
        return y;
    }

    private int divisor(SlidingAxis axis, int position) {
        return kind == Kind.MEAN ? tapsOnImage(axis, position) : axis.taps();
    }

    /**
     * An l2 Lipschitz constant: for the mean the operator norm, which is the product of those along the two axes; for the
     * maximum the square root of the largest number of windows over one pixel, because {@code |max_i a_i - max_i b_i| <=
     * max_i |a_i - b_i|} in every window.
     *
     * @return the constant, rounded outward
     */
    @Override
    public double lipschitz() {
        if (kind == Kind.MAXIMUM) {
            double windows = (double) rows.mostWindowsOverOneEntry() * columns.mostWindowsOverOneEntry();
            double root = Math.sqrt(windows);
            return root * root == windows ? root : Math.nextUp(root);
        }
        return ComputedSums.above(normAlong(rows) * normAlong(columns), 1);
    }

    private double normAlong(SlidingAxis axis) {
        double[][] matrix = new double[axis.positions()][axis.size()];
        for (int position = 0; position < axis.positions(); position++) {
            for (int tap = 0; tap < axis.taps(); tap++) {
                if (axis.inside(position, tap)) {
                    matrix[position][axis.entry(position, tap)] += 1.0 / divisor(axis, position);
                }
            }
        }
        return DenseGram.operatorNorm(matrix);
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.add("pooling").add(kind.name()).add(rows.toString()).add(columns.toString());
        fingerprint.add(image.toString());
    }
}
