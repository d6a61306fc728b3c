package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.Labels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Measures accuracy under attack at several epsilons.
 *
 * <p>An example is robust at an epsilon if it is classified correctly as it is, and no attack succeeded at this or a
 * smaller epsilon: the worst case over all attacks, example by example. A point found in a small ball also lies in the
 * larger ones, so an example once broken is not attacked again and the curve never rises. Every success an attack reports
 * is checked by evaluating the model at the reported point, and its distance is measured; an attack that lies is an
 * error.
 *
 * <p>Configure, then {@code run}, as often as wanted. For one thread.
 */
public final class RobustEvaluation {

    private final Classifier model;
    private final List<DoubleFunction<? extends Attack>> attacks = new ArrayList<>();
    private double[] epsilons = {};
    private int batchSize = 256;
    private double confidence = 0.95;
    private ProgressListener listener = ProgressListener.none();

    private RobustEvaluation(Classifier model) {
        this.model = model;
    }

    /**
     * Starts an evaluation.
     *
     * @param model the classifier; not modified
     * @return an evaluation without attacks and epsilons
     */
    public static RobustEvaluation of(Classifier model) {
        return new RobustEvaluation(model);
    }

    /**
     * Adds an untargeted attack.
     *
     * @param attackAt makes the attack of a given epsilon, for example {@code eps -> Pgd.linf(eps).seed(1).build()}; the
     *     norm must be the same at every epsilon and for every attack added
     * @return this evaluation
     */
    public RobustEvaluation attack(DoubleFunction<? extends Attack> attackAt) {
        attacks.add(attackAt);
        return this;
    }

    /**
     * Sets the epsilons.
     *
     * @param values positive and finite, in any order
     * @return this evaluation
     * @throws IllegalArgumentException if there is none, or one is not positive and finite, or one comes twice
     */
    public RobustEvaluation epsilons(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        boolean valid = sorted.length > 0 && Arrays.stream(sorted).distinct().count() == sorted.length;
        for (double value : sorted) {
            valid &= value > 0 && value < Double.POSITIVE_INFINITY;
        }
        if (!valid) {
            throw new IllegalArgumentException(
                    "epsilons: expected at least one, all different, positive and finite, got "
                            + Arrays.toString(values) + "; the accuracy without an attack is always part of the curve");
        }
        this.epsilons = sorted;
        return this;
    }

    /**
     * Sets how many examples are attacked at once when arrays are given. Memory grows with it, results do not change
     * beyond the rounding of the model.
     *
     * @param value at least 1; 256 unless set
     * @return this evaluation
     * @throws IllegalArgumentException if {@code value < 1}
     */
    public RobustEvaluation batchSize(int value) {
        if (!(value >= 1)) {
            throw new IllegalArgumentException("batchSize must be at least 1, got " + value);
        }
        this.batchSize = value;
        return this;
    }

    /**
     * Sets the confidence of the intervals.
     *
     * @param value in (0, 1); 0.95 unless set
     * @return this evaluation
     * @throws IllegalArgumentException if {@code value} is not in (0, 1)
     */
    public RobustEvaluation confidence(double value) {
        ConfidenceInterval.requireConfidence(value);
        this.confidence = value;
        return this;
    }

    /**
     * Sets who hears of progress and may cancel. One unit is one example at one epsilon; over an iterator the total is
     * unknown and given as {@link Long#MAX_VALUE}.
     *
     * @param value the listener
     * @return this evaluation
     */
    public RobustEvaluation listener(ProgressListener value) {
        this.listener = value;
        return this;
    }

    /**
     * Evaluates examples held in arrays.
     *
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y one-hot {@code [N, C]} or sparse {@code [N]} true classes; not modified
     * @return the curve
     * @throws IllegalStateException if no attack or no epsilon was set, or an attack reports a success that is none
     * @throws IllegalArgumentException if the examples do not fit the model (see {@link Attack#attack})
     * @throws CancellationException if the listener cancels
     */
    public RobustnessCurve run(INDArray x, INDArray y) {
        int[] labels = Labels.indices(y, model.classes());
        if (x.isEmpty() || x.size(0) != labels.length) {
            throw new IllegalArgumentException(
                    "evaluation: expected as many labels as inputs and at least one, got shapes "
                            + Arrays.toString(x.shape()) + " and " + Arrays.toString(y.shape()));
        }
        CurveCounter counter = counter(labels.length);
        for (int start = 0; start < labels.length; start += batchSize) {
            int end = Math.min(start + batchSize, labels.length);
            counter.add(x.get(NDArrayIndex.interval(start, end)), Arrays.copyOfRange(labels, start, end));
        }
        return counter.curve(confidence);
    }

    /**
     * Evaluates the examples of an iterator, from where it stands to its end; it is not reset.
     *
     * @param examples features and one-hot or sparse labels, batch by batch; advanced
     * @return the curve
     * @throws IllegalStateException if no attack or no epsilon was set, or an attack reports a success that is none
     * @throws IllegalArgumentException if there is no example, or the examples do not fit the model
     * @throws CancellationException if the listener cancels
     */
    public RobustnessCurve run(DataSetIterator examples) {
        CurveCounter counter = counter(0);
        while (examples.hasNext()) {
            DataSet batch = examples.next();
            counter.add(batch.getFeatures(), Labels.indices(batch.getLabels(), model.classes()));
        }
        return counter.curve(confidence);
    }

    private CurveCounter counter(long examples) {
        if (attacks.isEmpty() || epsilons.length == 0) {
            throw new IllegalStateException("evaluation: " + attacks.size() + " attacks and " + epsilons.length
                    + " epsilons set, expected at least one of each; call attack(...) and epsilons(...)");
        }
        long total = examples > 0 ? examples * epsilons.length : Long.MAX_VALUE;
        return new CurveCounter(model, attacks, epsilons, listener, total);
    }
}
