package org.jacreg.attacks.evaluation;

import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Looks for itself which returned points are errors of the model, and takes no attack's word for it.
 *
 * @param model the classifier
 * @param norm the norm of the ball
 * @param epsilon the radius of the ball
 */
record SuccessCheck(Classifier model, Norm norm, double epsilon) {

    /**
     * Relative rounding of {@code x + d}, of a norm and of a logit in FLOAT. Logits of one sample may differ by this much
     * between batches of different size, so a claimed success may turn out a narrow failure; it then counts as one.
     */
    private static final double ROUNDING = 1e-5;

    /**
     * Which of the returned points are classified wrongly.
     *
     * @param inputs {@code [N, *inputShape]}; not modified
     * @throws IllegalStateException if a point lies outside ball or box, or a claimed success is clearly none
     */
    boolean[] verified(AttackResult result, INDArray inputs, int[] labels) {
        INDArray points = result.adversarial();
        requireInside(result, inputs);
        double[][] logits = model.logits(points).toDoubleMatrix();
        boolean[] success = new boolean[labels.length];
        for (int n = 0; n < labels.length; n++) {
            double[] z = logits[n];
            int rival = labels[n] == 0 ? 1 : 0;
            double size = 0;
            for (int c = 0; c < z.length; c++) {
                if (c != labels[n] && z[c] > z[rival]) {
                    rival = c;
                }
                size = Math.max(size, Math.abs(z[c]));
            }
            double margin = z[rival] - z[labels[n]];
            success[n] = margin > 0 || (margin == 0 && rival < labels[n]);
            if (result.outcomes().get(n).success() && !(margin >= -ROUNDING * (1 + size))) {
                throw lie(result, n, "claims a success, but the true class leads by " + -margin);
            }
        }
        return success;
    }

    private void requireInside(AttackResult result, INDArray inputs) {
        INDArray points = result.adversarial();
        double[] distances = norm.distances(points, inputs);
        double slack = ROUNDING * (epsilon + inputs.amaxNumber().doubleValue());
        for (int n = 0; n < distances.length; n++) {
            if (!(distances[n] <= epsilon + slack)) {
                throw lie(result, n, "returned a point at distance " + distances[n] + ", outside epsilon " + epsilon);
            }
        }
        double least = points.minNumber().doubleValue();
        double greatest = points.maxNumber().doubleValue();
        InputBox box = model.box();
        boolean single = points.dataType() == DataType.FLOAT;
        double lower = single ? (float) box.lower() : box.lower();
        double upper = single ? (float) box.upper() : box.upper();
        if (!(least >= lower && greatest <= upper)) {
            throw lie(
                    result,
                    0,
                    "or another returned a point with entries in [" + least + ", " + greatest + "], outside " + box);
        }
    }

    private static IllegalStateException lie(AttackResult result, int sample, String what) {
        return new IllegalStateException("evaluation: sample " + sample + ": " + result.attack() + " " + what
                + "; the attack breaks its contract, see Attack");
    }
}
