package org.jacreg.bounds.measures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.commons.math3.stat.StatUtils;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.training.CancellationToken;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Sensitivity to the input by Jacobian norms, averaged over points (Novak et al. 2018): {@code mean_n ||J_p(x_n)||_F}, J_p the
 * Jacobian of the softmax outputs, {@code J_p = (diag(p) - p p^T) J}, J that of the logits.
 *
 * <p>Deterministic: no draws but the points themselves. Points that are test points give Novak's measure; the standard error says
 * how well these points stand for their distribution.
 */
public final class JacobianSensitivity {

    /** Samples whose Jacobians are held at once. */
    private static final int CHUNK = 64;

    private JacobianSensitivity() {}

    /**
     * The averages.
     *
     * @param softmax mean of {@code ||J_p(x)||_F}
     * @param softmaxError its standard error over the points; 0 for one point
     * @param logits mean of {@code ||J(x)||_F}
     * @param logitsError its standard error over the points; 0 for one point
     * @param points the number of points
     */
    public record Estimate(double softmax, double softmaxError, double logits, double logitsError, int points) {}

    /**
     * Averages over points.
     *
     * @param jacobian of the logits of a classifier with one input
     * @param logits the logits of the same classifier at the points, {@code [N, C]}; not modified
     * @param x the points, {@code [N, *inputShape]}, at least one; not modified
     * @return the averages
     * @throws IllegalArgumentException if shapes do not fit, or a point is not finite
     * @throws ArithmeticException if a norm overflows
     */
    public static Estimate of(Jacobian jacobian, INDArray logits, INDArray x) {
        return of(jacobian, logits, x, MeasureProgress.NONE, new CancellationToken());
    }

    /**
     * Averages over points, telling progress.
     *
     * @param jacobian of the logits of a classifier with one input
     * @param logits the logits of the same classifier at the points, {@code [N, C]}; not modified
     * @param x the points, {@code [N, *inputShape]}, at least one; not modified
     * @param progress is told of every chunk of points
     * @param cancellation ends the computation before the next chunk
     * @return the averages
     * @throws IllegalArgumentException if shapes do not fit, or a point is not finite
     * @throws ArithmeticException if a norm overflows
     * @throws CancellationException if the token was cancelled
     */
    public static Estimate of(
            Jacobian jacobian, INDArray logits, INDArray x, MeasureProgress progress, CancellationToken cancellation) {
        int n = (int) x.size(0);
        if (n < 1 || logits.rank() != 2 || logits.size(0) != n) {
            throw new IllegalArgumentException("points: got " + n + " inputs and logits of shape "
                    + Arrays.toString(logits.shape()) + ", wanted at least one point and logits [N, C]");
        }
        double[][] z = logits.castTo(DataType.DOUBLE).toDoubleMatrix();
        List<double[]> norms = new ArrayList<>();
        int chunks = (n + CHUNK - 1) / CHUNK;
        for (int chunk = 0; chunk < chunks; chunk++) {
            if (cancellation.isCancelled()) {
                throw new CancellationException("cancelled after " + norms.size() + " of " + n + " points");
            }
            addNorms(norms, jacobian, z, x, chunk * CHUNK, Math.min(n, (chunk + 1) * CHUNK));
            progress.advanced(chunk + 1, chunks);
        }
        double[] softmax = norms.stream().mapToDouble(pair -> pair[0]).toArray();
        double[] plain = norms.stream().mapToDouble(pair -> pair[1]).toArray();
        return new Estimate(StatUtils.mean(softmax), error(softmax), StatUtils.mean(plain), error(plain), n);
    }

    private static double error(double[] values) {
        return values.length < 2 ? 0 : Math.sqrt(StatUtils.variance(values) / values.length);
    }

    private static void addNorms(List<double[]> norms, Jacobian jacobian, double[][] z, INDArray x, int from, int to) {
        INDArrayIndex[] rows = new INDArrayIndex[x.rank()];
        Arrays.fill(rows, NDArrayIndex.all());
        rows[0] = NDArrayIndex.interval(from, to);
        int classes = z[0].length;
        try (INDArray all = jacobian.compute(x.get(rows).dup('c'))) {
            if (all.size(1) != classes) {
                throw new IllegalArgumentException("logits: got " + classes + " classes, but the Jacobian is one of "
                        + all.size(1) + " outputs; give the logits that it was taken of");
            }
            int inputs = (int) (all.length() / ((long) (to - from) * classes));
            double[][] flat = all.castTo(DataType.DOUBLE)
                    .dup('c')
                    .reshape('c', (long) (to - from) * classes, inputs)
                    .toDoubleMatrix();
            for (int k = 0; k < to - from; k++) {
                double[][] own = Arrays.copyOfRange(flat, k * classes, (k + 1) * classes);
                norms.add(new double[] {
                    finite(softmaxNorm(own, softmax(z[from + k])), from + k), finite(norm(own), from + k)
                });
            }
        }
    }

    private static double finite(double norm, int point) {
        if (!(norm < Double.POSITIVE_INFINITY)) {
            throw new ArithmeticException("Jacobian norm at point " + point + " is " + norm);
        }
        return norm;
    }

    private static double[] softmax(double[] z) {
        double largest = Arrays.stream(z).max().orElseThrow();
        double[] p = Arrays.stream(z).map(value -> Math.exp(value - largest)).toArray();
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(value -> value / sum).toArray();
    }

    /** {@code ||(diag(p) - p p^T) J||_F}: row c is {@code p_c (J_c - sum_k p_k J_k)}. */
    private static double softmaxNorm(double[][] j, double[] p) {
        double[] mean = new double[j[0].length];
        for (int c = 0; c < p.length; c++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += p[c] * j[c][i];
            }
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            for (int i = 0; i < mean.length; i++) {
                double entry = p[c] * (j[c][i] - mean[i]);
                sum += entry * entry;
            }
        }
        return Math.sqrt(sum);
    }

    private static double norm(double[][] j) {
        double sum = 0;
        for (double[] row : j) {
            for (double entry : row) {
                sum += entry * entry;
            }
        }
        return Math.sqrt(sum);
    }
}
