package org.jacreg.bounds.certify.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The distance at which the linearised network changes its class:
 *
 * <pre>
 * min_{k != c} (z_c - z_k) / ||J_c - J_k||_q        c the class at the input, J the Jacobian there, q dual to the norm of the ball
 * </pre>
 *
 * <p>Exact for models that are linear as far as that distance, an estimate for all others. It costs one gradient for every class but one.
 *
 * <p>Source: Hoffman, Roberts, Yaida (2019), arXiv 1908.02729, and Jakubovitz, Giryes (2018), for l2.
 *
 * <p>Immutable; as safe for several threads as the classifier.
 */
public final class FirstOrderRadius {

    private final Classifier model;
    private final BallNorm norm;

    private FirstOrderRadius(Classifier model, BallNorm norm) {
        this.model = model;
        this.norm = norm;
    }

    /**
     * Makes an estimator.
     *
     * @param model the classifier
     * @param norm what distances are measured in, in the classifier's input units
     * @return the estimator
     */
    public static FirstOrderRadius of(Classifier model, BallNorm norm) {
        return new FirstOrderRadius(model, norm);
    }

    /**
     * Estimates for a batch.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return one estimate for every sample; 0 for a tie, infinite where all gradients vanish
     * @throws IllegalArgumentException if the shape does not fit, a sample is not finite, or the model has one class only
     * @throws ArithmeticException if a logit or gradient is not finite
     */
    public List<RadiusEstimate> estimate(INDArray x) {
        Gradients.check(model, x);
        double[][] z = Gradients.rows(model.logits(x));
        int[] labels = Arrays.stream(z).mapToInt(Gradients::top).toArray();
        double[] best = new double[z.length];
        int[] nearest = new int[z.length];
        Arrays.fill(best, Double.POSITIVE_INFINITY);
        for (int shift = 1; shift < model.classes(); shift++) {
            int[] rivals = new int[z.length];
            for (int n = 0; n < rivals.length; n++) {
                rivals[n] = (labels[n] + shift) % model.classes();
                nearest[n] = shift == 1 ? rivals[n] : nearest[n];
            }
            double[] norms = Gradients.norms(model, x, labels, rivals, norm);
            for (int n = 0; n < rivals.length; n++) {
                double margin = z[n][labels[n]] - z[n][rivals[n]];
                Gradients.requireFinite(margin, n);
                Gradients.requireFinite(norms[n], n);
                double distance = margin == 0 ? 0 : margin / norms[n];
                if (distance < best[n]) {
                    best[n] = distance;
                    nearest[n] = rivals[n];
                }
            }
        }
        List<RadiusEstimate> estimates = new ArrayList<>();
        for (int n = 0; n < best.length; n++) {
            estimates.add(new RadiusEstimate(best[n], norm, labels[n], nearest[n], RadiusEstimate.Method.FIRST_ORDER));
        }
        return estimates;
    }
}
