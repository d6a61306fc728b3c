package org.jacreg.bounds.rademacher;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The sizes of a sample that bounds of network classes take, rounded outward. {@code X} is the matrix [n, d] of the flattened
 * inputs.
 *
 * @param size the number of inputs n
 * @param width the number of coordinates d of one input
 * @param largestL2 bound of {@code max_i ||x_i||_2}
 * @param frobenius bound of {@code ||X||_F = sqrt(sum_i ||x_i||_2^2)}
 * @param largestColumnL2 bound of {@code max_j sqrt(sum_i x_ij^2)}
 */
public record InputNorms(int size, long width, double largestL2, double frobenius, double largestColumnL2) {

    /**
     * Checks the numbers.
     *
     * @param size the number of inputs
     * @param width the number of coordinates
     * @param largestL2 the largest norm of an input
     * @param frobenius the norm of the whole sample
     * @param largestColumnL2 the largest norm of a column
     * @throws IllegalArgumentException if {@code size} or {@code width} is below 1, or a norm is NaN, negative or infinite
     */
    public InputNorms {
        if (size < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "sample of " + size + " inputs with " + width + " coordinates, wanted at least one of each");
        }
        requireNorm("largest norm of an input", largestL2);
        requireNorm("Frobenius norm of the sample", frobenius);
        requireNorm("largest norm of a column", largestColumnL2);
    }

    private static void requireNorm(String name, double norm) {
        if (!(norm >= 0 && norm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "sample, " + name + ": got " + norm + ", wanted a nonnegative finite number");
        }
    }

    /**
     * Measures a sample.
     *
     * @param x the inputs, shape [n, ...], n and every other axis at least 1; an input of several axes counts flattened. Not
     *     modified.
     * @return the norms
     * @throws IllegalArgumentException if the sample has no axis, is empty, or holds NaN or infinity
     */
    public static InputNorms of(INDArray x) {
        if (x.rank() < 1 || x.isEmpty()) {
            throw new IllegalArgumentException("sample: got an array of shape " + java.util.Arrays.toString(x.shape())
                    + ", wanted [n, ...] with at least one input");
        }
        Sample sample = Sample.of("sample", x.rank() == 2 ? x : x.reshape(x.size(0), x.length() / x.size(0)));
        double[] rows = new double[sample.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = LpNorm.L2.of(sample.row(i));
        }
        long terms = (long) sample.size() + sample.width();
        return new InputNorms(
                sample.size(),
                sample.width(),
                outward(sample, LpNorm.LINF.of(rows), terms),
                outward(sample, LpNorm.L2.of(rows), terms),
                outward(sample, LpNorm.LINF.of(sample.columnNorms()), terms));
    }

    /**
     * The norms of any sample in a ball: {@code ||x_i||_2 <= radius}.
     *
     * @param size the number of inputs n, at least 1
     * @param width the number of coordinates, at least 1
     * @param radius the radius, nonnegative and finite
     * @return norms that no such sample exceeds: the radius, and {@code radius sqrt(n)} twice
     * @throws IllegalArgumentException if a number is out of its range
     */
    public static InputNorms ofBall(int size, long width, double radius) {
        double all = Rounding.up(radius * Math.sqrt(size), 1);
        return new InputNorms(size, width, radius, all, all);
    }

    /** The norms of the inputs {@code (x, 1)}. */
    InputNorms withConstant() {
        return new InputNorms(
                size,
                width + 1,
                Rounding.up(Math.hypot(largestL2, 1), 1),
                Rounding.up(Math.hypot(frobenius, Math.sqrt(size)), 1),
                Math.max(largestColumnL2, Rounding.up(Math.sqrt(size), 1)));
    }

    private static double outward(Sample sample, double scaled, long terms) {
        double value = sample.unscale(Rounding.up(scaled, terms));
        return scaled == 0 ? 0 : Math.nextUp(value);
    }
}
