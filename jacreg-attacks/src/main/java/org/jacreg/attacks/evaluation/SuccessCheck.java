package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Looks for itself which returned points are errors of the model, and takes no attack's word for it.
 *
 * @param model the classifier
 * @param norm the norm of the ball
 * @param epsilon the radius of the ball; infinite for none
 * @param randomised whether the model is known to answer differently every time, so that a claim it does not repeat is no lie
 * @param place the place in the data of a row of the batch, for messages
 */
record SuccessCheck(Classifier model, Norm norm, double epsilon, boolean randomised, IntUnaryOperator place) {

    /**
     * Relative rounding of {@code x + d}, of a norm and of a logit in FLOAT. Logits of one sample may differ by this much
     * between batches of different size, so a claimed success may turn out a narrow failure; it then counts as one.
     */
    private static final double ROUNDING = 1e-5;

    /** Share of its length by which a perturbation that ends on the boundary is made longer. */
    private static final double PUSH = 1e-3;

    /**
     * Checks the returned points.
     *
     * @param inputs {@code [N, *inputShape]}; not modified
     * @throws IllegalStateException if a point lies outside ball or box, or a claimed success is clearly none
     * @throws ArithmeticException if a logit at a returned point is NaN or infinite
     */
    List<Finding> checked(AttackResult result, INDArray inputs, int[] labels) {
        INDArray points = result.adversarial();
        if (result.size() != labels.length || !points.equalShapes(inputs)) {
            throw lie(
                    result,
                    0,
                    "returned points of shape " + Arrays.toString(points.shape()) + " for inputs of shape "
                            + Arrays.toString(inputs.shape()));
        }
        double[][] differences = differences(points, inputs);
        requireInside(result, inputs, differences);
        Predictions answer = Predictions.of(model.logits(points), labels, 0);
        List<Finding> findings = new ArrayList<>();
        boolean denied = false;
        for (int n = 0; n < labels.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            double margin = answer.margin(n);
            if (outcome.success() && margin < -ROUNDING * (1 + answer.size(n)) && !randomised) {
                throw lie(result, n, "claims a success, but the true class leads by " + -margin);
            }
            findings.add(finding(outcome, differences[n], answer, n));
            denied |= outcome.success() && answer.correct(n);
        }
        if (denied && epsilon == Double.POSITIVE_INFINITY) {
            pushOver(result, inputs, labels, findings);
        }
        return findings;
    }

    /**
     * The closest success lies on the boundary, where rounding decides: what it denies is tried again a little farther out.
     */
    private void pushOver(AttackResult result, INDArray inputs, int[] labels, List<Finding> findings) {
        InputBox box = ExampleBatch.rounded(model.box(), inputs.dataType());
        double[][] differences = differences(result.adversarial(), inputs);
        double[] values = inputs.dup('c').data().asDouble();
        int entries = differences[0].length;
        for (int k = 0; k < values.length; k++) {
            double moved = values[k] + (1 + PUSH) * differences[k / entries][k % entries];
            values[k] = Math.max(box.lower(), Math.min(box.upper(), moved));
        }
        INDArray points = Nd4j.createFromArray(values).castTo(inputs.dataType()).reshape('c', inputs.shape());
        Predictions answer = Predictions.of(model.logits(points), labels, 0);
        double[][] farther = differences(points, inputs);
        for (int n = 0; n < labels.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            if (outcome.success() && !findings.get(n).success() && !answer.correct(n)) {
                findings.set(n, finding(outcome, farther[n], answer, n));
            }
        }
    }

    private static Finding finding(AttackOutcome outcome, double[] difference, Predictions answer, int n) {
        return new Finding(
                !answer.correct(n),
                linf(difference),
                l2(difference),
                l1(difference),
                answer.loss(n),
                outcome.gradients(),
                outcome.forwards(),
                outcome.zeroGradients(),
                false);
    }

    private void requireInside(AttackResult result, INDArray inputs, double[][] differences) {
        double slack = ROUNDING
                * (Math.min(epsilon, Double.MAX_VALUE) + inputs.amaxNumber().doubleValue());
        for (int n = 0; n < differences.length; n++) {
            double[] d = differences[n];
            double distance = switch (norm) {
                case LINF -> linf(d);
                case L2 -> l2(d);
                case L1 -> l1(d);
            };
            if (!(distance <= epsilon + slack)) {
                throw lie(result, n, "returned a point at distance " + distance + ", outside epsilon " + epsilon);
            }
        }
        InputBox box = ExampleBatch.rounded(model.box(), result.adversarial().dataType());
        for (double value : result.adversarial().dup('c').data().asDouble()) {
            if (!box.contains(value)) {
                throw lie(result, 0, "or another returned a point with an entry " + value + ", outside " + model.box());
            }
        }
    }

    private static double[][] differences(INDArray points, INDArray inputs) {
        double[] there = points.dup('c').data().asDouble();
        double[] here = inputs.dup('c').data().asDouble();
        int entries = here.length / (int) inputs.size(0);
        double[][] differences = new double[(int) inputs.size(0)][entries];
        for (int k = 0; k < here.length; k++) {
            differences[k / entries][k % entries] = there[k] - here[k];
        }
        return differences;
    }

    /** The largest absolute entry; NaN if an entry is. */
    private static double linf(double[] d) {
        double greatest = 0;
        for (double entry : d) {
            greatest = Math.max(greatest, Math.abs(entry));
        }
        return greatest;
    }

    private static double l2(double[] d) {
        double squares = 0;
        for (double entry : d) {
            squares += entry * entry;
        }
        return Math.sqrt(squares);
    }

    private static double l1(double[] d) {
        double sum = 0;
        for (double entry : d) {
            sum += Math.abs(entry);
        }
        return sum;
    }

    private IllegalStateException lie(AttackResult result, int row, String what) {
        return new IllegalStateException("evaluation: example " + place.applyAsInt(row) + ": " + result.attack() + " "
                + what + "; the attack breaks its contract, see Attack");
    }
}
