package org.jacreg.examples.gaps;

import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.LossGradient;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.jacobian.JacobianNorms;

/**
 * Measures the risks of networks on digits that were trained on, and on others.
 *
 * <p>The gap of a risk is the difference of the two. Its sampling error is that of two means: about {@code sqrt(p (1 - p) (1/n +
 * 1/m))} for accuracies near p on n and m digits.
 */
public final class RiskProbe {

    private final Threat threat;
    private final ExamSample train;
    private final ExamSample test;

    /**
     * Makes the probe.
     *
     * @param threat how to attack
     * @param train digits that were trained on
     * @param test digits that were not
     */
    public RiskProbe(Threat threat, ExamSample train, ExamSample test) {
        this.threat = threat;
        this.train = train;
        this.test = test;
    }

    /**
     * Measures a network.
     *
     * @param model the network
     * @param jacobian its Jacobian
     * @return its risks
     */
    public Risks measure(Classifier model, Jacobian jacobian) {
        Side seen = side(model, jacobian, train);
        Side unseen = side(model, jacobian, test);
        return new Risks(
                pair(seen.accuracy, unseen.accuracy),
                pair(seen.loss, unseen.loss),
                pair(seen.linf.robustAccuracy(), unseen.linf.robustAccuracy()),
                pair(seen.linf.meanExtremeLoss(), unseen.linf.meanExtremeLoss()),
                pair(seen.l2.robustAccuracy(), unseen.l2.robustAccuracy()),
                pair(seen.l2.meanExtremeLoss(), unseen.l2.meanExtremeLoss()),
                pair(seen.linfSurrogate(threat), unseen.linfSurrogate(threat)),
                pair(seen.l2Surrogate(threat), unseen.l2Surrogate(threat)),
                pair(seen.norms.meanFrobenius(), unseen.norms.meanFrobenius()),
                pair(seen.norms.meanL11(), unseen.norms.meanL11()));
    }

    private static TrainTest pair(double train, double test) {
        return new TrainTest(train, test);
    }

    private Side side(Classifier model, Jacobian jacobian, ExamSample sample) {
        LossGradient clean = model.crossEntropyGradient(sample.x(), sample.labels());
        return new Side(
                accuracy(clean.logits().argMax(1).toIntVector(), sample.labels()),
                clean.loss().meanNumber().doubleValue(),
                attack(Pgd.linf(threat.linf()), model, sample),
                attack(Pgd.l2(threat.l2()), model, sample),
                jacobian.norms(sample.x()));
    }

    private AttackResult attack(Pgd.Builder pgd, Classifier model, ExamSample sample) {
        Attack attack = pgd.steps(threat.steps()).seed(threat.seed()).build();
        return attack.attack(model, sample.x(), sample.y());
    }

    private static double accuracy(int[] predicted, int[] labels) {
        int right = 0;
        for (int n = 0; n < labels.length; n++) {
            right += predicted[n] == labels[n] ? 1 : 0;
        }
        return right / (double) labels.length;
    }

    /** What is measured on one of the two samples. */
    private record Side(double accuracy, double loss, AttackResult linf, AttackResult l2, JacobianNorms norms) {

        double linfSurrogate(Threat threat) {
            return loss + threat.linf() * norms.meanL11();
        }

        double l2Surrogate(Threat threat) {
            return loss + threat.l2() * Math.sqrt(2) * norms.meanFrobenius();
        }
    }
}
