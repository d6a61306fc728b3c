package org.jacreg.attacks.threat;

import java.util.Locale;
import java.util.Optional;
import org.jacreg.runtime.HostRows;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A norm in which a perturbation is measured. */
public enum Norm {

    /** The largest absolute entry, {@code max_j |d_j|}. */
    LINF,

    /** The Euclidean norm, {@code sqrt(sum_j d_j^2)}. */
    L2,

    /** The sum of absolute entries, {@code sum_j |d_j|}. */
    L1;

    /**
     * The distance between the samples of two batches, {@code ||a_n - b_n||} for every {@code n}.
     *
     * <p>Differences are rounded to the arrays' own type: a relative error of a few units in its last place for {@code LINF}. For
     * {@code L2} and {@code L1} the error may grow with the number of entries where ND4J adds up (float64, and backends other than the CPU).
     *
     * @param a {@code [N, *]}; not modified
     * @param b an array of the same shape and type; not modified
     * @return {@code N} distances
     * @throws IllegalArgumentException if the shapes differ
     */
    public double[] distances(INDArray a, INDArray b) {
        if (!a.equalShapes(b)) {
            throw new IllegalArgumentException("distances: expected two arrays of one shape, got "
                    + java.util.Arrays.toString(a.shape()) + " and " + java.util.Arrays.toString(b.shape()));
        }
        Optional<HostRows> first = HostRows.of(a);
        Optional<HostRows> second = HostRows.of(b);
        if (first.isPresent() && second.isPresent()) {
            return distances(first.get(), second.get());
        }
        INDArray difference = a.sub(b);
        return of(difference.reshape('c', a.size(0), -1));
    }

    private double[] distances(HostRows a, HostRows b) {
        double[] distances = new double[a.rows()];
        a.forStretches((stretch, from, to) -> {
            float[] left = new float[a.entries()];
            float[] right = new float[a.entries()];
            for (int n = from; n < to; n++) {
                a.read(n, left);
                b.read(n, right);
                distances[n] = distance(left, right);
            }
        });
        return distances;
    }

    private double distance(float[] a, float[] b) {
        return switch (this) {
            case LINF -> greatest(a, b);
            case L2 -> euclidean(a, b);
            case L1 -> absolute(a, b);
        };
    }

    private static double greatest(float[] a, float[] b) {
        float greatest = 0;
        for (int j = 0; j < a.length; j++) {
            greatest = Math.max(greatest, Math.abs(a[j] - b[j]));
        }
        return greatest;
    }

    private static double euclidean(float[] a, float[] b) {
        double squares = 0;
        for (int j = 0; j < a.length; j++) {
            double difference = a[j] - b[j];
            squares += difference * difference;
        }
        return Math.sqrt(squares);
    }

    private static double absolute(float[] a, float[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            sum += Math.abs(a[j] - b[j]);
        }
        return sum;
    }

    /**
     * The distance between two points.
     *
     * @param a one point; not modified
     * @param b another of the same length; not modified
     * @return {@code ||a - b||}, computed in double
     */
    public double distance(double[] a, double[] b) {
        double result = 0;
        for (int j = 0; j < a.length; j++) {
            double difference = Math.abs(a[j] - b[j]);
            result = switch (this) {
                case LINF -> Math.max(result, difference);
                case L2 -> result + difference * difference;
                case L1 -> result + difference;
            };
        }
        return this == L2 ? Math.sqrt(result) : result;
    }

    /**
     * The size of a perturbation.
     *
     * @param perturbation its entries; not modified
     * @return {@code ||d||}, computed in double
     */
    public double length(double[] perturbation) {
        double result = 0;
        for (double entry : perturbation) {
            double size = Math.abs(entry);
            result = switch (this) {
                case LINF -> Math.max(result, size);
                case L2 -> result + size * size;
                case L1 -> result + size;
            };
        }
        return this == L2 ? Math.sqrt(result) : result;
    }

    /**
     * The norm {@code q} with {@code 1/p + 1/q = 1}: by Hoelder's inequality {@code <g, d> <= ||g||_q ||d||_p}, so it measures gradients
     * where this one measures perturbations.
     *
     * @return {@code L1} for {@code LINF}, {@code L2} for itself, {@code LINF} for {@code L1}
     */
    public Norm dual() {
        return switch (this) {
            case LINF -> L1;
            case L2 -> L2;
            case L1 -> LINF;
        };
    }

    /** The norm of every row of {@code [N, D]}; not modified. */
    double[] of(INDArray rows) {
        INDArray norms = switch (this) {
            case LINF -> rows.amax(1);
            case L2 -> rows.norm2(1);
            case L1 -> rows.norm1(1);
        };
        return norms.toDoubleVector();
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
