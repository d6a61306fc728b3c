package org.jacreg.examples.experiment;

import org.jacreg.attacks.Attack;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.LossGradient;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianNorms;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures a model after an epoch: clean loss, Jacobian norms, and for both norms the loss PGD reaches beside the
 * surrogate {@code l + eps L |||J|||}, with {@code (L, |||.|||)} = (1, (1,1)-norm) for l_inf and (sqrt(2), Frobenius) for
 * l2, the Lipschitz constants of cross-entropy in the logits.
 */
final class Probe {

    private final Classifier model;
    private final Jacobian jacobian;
    private final Sample sample;
    private final EvaluationSettings settings;
    private final Attack linf;
    private final Attack l2;

    Probe(Classifier model, Jacobian jacobian, Sample sample, EvaluationSettings settings, long seed) {
        this.model = model;
        this.jacobian = jacobian;
        this.sample = sample;
        this.settings = settings;
        this.linf = Pgd.linf(settings.epsilonLinf())
                .steps(settings.trackSteps())
                .seed(seed)
                .build();
        this.l2 = Pgd.l2(settings.epsilonL2())
                .steps(settings.trackSteps())
                .seed(seed)
                .build();
    }

    EpochPoint measure(int epoch, double seconds, double trainingLoss) {
        LossGradient clean = model.crossEntropyGradient(sample.x(), sample.labels());
        double loss = clean.loss().meanNumber().doubleValue();
        JacobianNorms norms = jacobian.norms(sample.x());
        double frobenius = norms.meanFrobenius();
        double l11 = norms.meanL11();
        return new EpochPoint(
                epoch,
                seconds,
                trainingLoss,
                accuracy(clean.logits(), sample.labels()),
                loss,
                frobenius,
                l11,
                new EpochPoint.LossPair(reached(linf), loss + settings.epsilonLinf() * l11),
                new EpochPoint.LossPair(reached(l2), loss + settings.epsilonL2() * Math.sqrt(2) * frobenius));
    }

    private double reached(Attack attack) {
        return attack.attack(model, sample.x(), sample.y()).meanExtremeLoss();
    }

    /** The share of rows whose greatest logit, the first one in a tie, is the label's. */
    static double accuracy(INDArray logits, int[] labels) {
        int right = 0;
        int[] predicted = logits.argMax(1).toIntVector();
        for (int n = 0; n < labels.length; n++) {
            right += predicted[n] == labels[n] ? 1 : 0;
        }
        return right / (double) labels.length;
    }
}
