package org.jacreg.bounds.measures;

import java.util.Arrays;
import org.apache.commons.math3.stat.StatUtils;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.Labels;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The margins {@code z_y - max_{j != y} z_j} of a classifier's logits on a sample, or those margins over a common scale.
 * Immutable.
 *
 * <p>A margin is negative where the label is missed; it is 0 in a tie.
 */
public final class MarginDistribution {

    private final double[] margins;
    private final double[] sorted;

    private MarginDistribution(double[] margins) {
        this.margins = margins;
        this.sorted = margins.clone();
        Arrays.sort(sorted);
    }

    /**
     * Margins of logits.
     *
     * @param logits {@code [N, C]}, at least one sample and two classes; not modified
     * @param labels one-hot {@code [N, C]} or class indices {@code [N]}; not modified
     * @return the margins
     * @throws IllegalArgumentException if shapes do not fit, a label is no class, or a logit is not finite
     */
    public static MarginDistribution of(INDArray logits, INDArray labels) {
        if (logits.rank() != 2 || logits.size(0) < 1 || logits.size(1) < 2) {
            throw new IllegalArgumentException("logits: got shape " + Arrays.toString(logits.shape())
                    + ", wanted [N, C] with at least one sample and two classes");
        }
        int[] classes = Labels.indices(labels, (int) logits.size(1));
        double[][] z = logits.castTo(DataType.DOUBLE).toDoubleMatrix();
        if (classes.length != z.length) {
            throw new IllegalArgumentException(
                    "labels: got " + classes.length + " for " + z.length + " samples, wanted one for each");
        }
        double[] margins = new double[z.length];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = margin(z[i], classes[i], i);
        }
        return new MarginDistribution(margins);
    }

    /**
     * Margins of a classifier, asked in one batch.
     *
     * @param model the classifier
     * @param x {@code [N, *inputShape]}; not modified
     * @param labels one-hot {@code [N, C]} or class indices {@code [N]}; not modified
     * @return the margins
     * @throws IllegalArgumentException as {@link #of(INDArray, INDArray)}, or if {@code x} does not fit the classifier
     */
    public static MarginDistribution of(Classifier model, INDArray x, INDArray labels) {
        return of(model.logits(x), labels);
    }

    /**
     * Margins of a network.
     *
     * @param network the network
     * @param x {@code [N, *inputShape]}; not modified
     * @param labels one-hot {@code [N, C]} or class indices {@code [N]}; not modified
     * @return the margins
     * @throws IllegalArgumentException as {@link #of(INDArray, INDArray)}, or if {@code x} does not fit the network
     */
    public static MarginDistribution of(LayeredNetwork network, INDArray x, INDArray labels) {
        return of(network.logits(x), labels);
    }

    private static double margin(double[] z, int label, int sample) {
        double rival = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < z.length; c++) {
            if (!(Math.abs(z[c]) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "logits of sample " + sample + ": got " + z[c] + " for class " + c + ", wanted finite numbers");
            }
            rival = c == label ? rival : Math.max(rival, z[c]);
        }
        return z[label] - rival;
    }

    /**
     * Every margin divided by a scale, for example the Lipschitz constant, or {@code R_A ||X||_F / n} as Bartlett, Foster and
     * Telgarsky (2017) plot them.
     *
     * @param scale positive and finite
     * @return the normalised margins
     * @throws IllegalArgumentException if {@code scale} is NaN, infinite or not positive
     */
    public MarginDistribution over(double scale) {
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "scale of margins: got " + scale + ", wanted a positive finite number; is a layer all zeros?");
        }
        return new MarginDistribution(
                Arrays.stream(margins).map(margin -> margin / scale).toArray());
    }

    /**
     * The number of samples.
     *
     * @return {@code N}
     */
    public int size() {
        return margins.length;
    }

    /**
     * The margins in the order of the samples.
     *
     * @return a fresh array
     */
    public double[] margins() {
        return margins.clone();
    }

    /**
     * The empirical quantile: the smallest margin m such that at least the given share of margins is at most m.
     *
     * @param share in (0, 1]; 0.1 is the usual measure
     * @return one of the margins
     * @throws IllegalArgumentException if {@code share} is NaN or outside (0, 1]
     */
    public double quantile(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share of margins: got " + share + ", wanted a number in (0, 1]");
        }
        int index = (int) Math.ceil(share * sorted.length * (1 - 1e-12)) - 1;
        return sorted[Math.max(0, index)];
    }

    /**
     * The share of samples whose margin is at most {@code gamma}; for 0 the share of errors, ties counted as errors.
     *
     * @param gamma a number
     * @return in [0, 1]
     * @throws IllegalArgumentException if {@code gamma} is NaN
     */
    public double shareAtMost(double gamma) {
        if (Double.isNaN(gamma)) {
            throw new IllegalArgumentException("gamma: got NaN, wanted a number");
        }
        return (double) Arrays.stream(sorted).filter(margin -> margin <= gamma).count() / sorted.length;
    }

    /**
     * The mean.
     *
     * @return the mean margin
     */
    public double mean() {
        return StatUtils.mean(margins);
    }

    /**
     * The smallest margin.
     *
     * @return negative unless every label is hit
     */
    public double smallest() {
        return sorted[0];
    }

    /**
     * Equally many margins in every interval between the returned ones: for plots and tables.
     *
     * @param count at least 2
     * @return {@code count} quantiles from the smallest to the largest margin, a fresh array
     * @throws IllegalArgumentException if {@code count < 2}
     */
    public double[] quantiles(int count) {
        if (count < 2) {
            throw new IllegalArgumentException("count of quantiles: got " + count + ", wanted at least 2");
        }
        double[] result = new double[count];
        Arrays.setAll(result, k -> k == 0 ? sorted[0] : quantile((double) k / (count - 1)));
        return result;
    }
}
