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
    L2;

    /**
     * The distance between the samples of two batches, {@code ||a_n - b_n||} for every {@code n}.
     *
     * <p>Differences are rounded to the arrays' own type: a relative error of a few units in its last place for {@code LINF}. For
     * {@code L2} the error may grow with the number of entries where ND4J adds up (float64, and backends other than the CPU).
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
                distances[n] = this == LINF ? greatest(left, right) : euclidean(left, right);
            }
        });
        return distances;
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

    /** The norm of every row of {@code [N, D]}; not modified. */
    double[] of(INDArray rows) {
        INDArray norms = this == LINF ? rows.amax(1) : rows.norm2(1);
        return norms.toDoubleVector();
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
