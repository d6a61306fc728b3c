package org.jacreg.examples;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.evaluation.EvaluationReport;
import org.jacreg.attacks.evaluation.RobustEvaluation;
import org.jacreg.attacks.objective.Arow;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.runtime.BackendCheck;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Example 5: train robustly (ARoW) with a Jacobian penalty in the same loss, and report AutoAttack's accuracy.
 *
 * <p>Common mistake: to report the accuracy under the attack that was trained with. It is an upper bound like that of any other
 * attack, and the one the network has learnt to withstand.
 */
public final class E05_RobustTraining {

    private static final double EPSILON = 0.1;

    private E05_RobustTraining() {}

    /**
     * What came of it, on 100 test digits.
     *
     * @param cleanAccuracy without an attack
     * @param robustAccuracy under AutoAttack in l_inf, by radius: an upper bound of the true one
     */
    public record Outcome(double cleanAccuracy, Map<Double, Double> robustAccuracy) {}

    /**
     * Trains the network of the first example on 3,000 digits.
     *
     * @param robust whether with ARoW and a penalty, or with the graph's own loss alone
     * @return what came of it
     * @throws IOException if the digits cannot be read
     */
    public static Outcome train(boolean robust) throws IOException {
        MnistData mnist = MnistData.bundled();
        ShuffledBatches batches = new ShuffledBatches(mnist.train().first(3_000), 10, 64, 1);
        SameDiff sd = E01_AddAPenalty.network();
        Objective objective = Objective.lossVariables();
        if (robust) {
            objective = Arow.linf(EPSILON)
                    .lambda(3)
                    .attack(inner -> inner.steps(5).bounds(0, 1).seed(1))
                    .build();
            RegularizedGraph penalised =
                    JacobianRegularizer.frobenius(sd).lambda(0.003).attach();
            fit(sd, objective, batches);
            penalised.detach();
        } else {
            fit(sd, objective, batches);
        }
        return evaluate(sd, mnist.test().first(100));
    }

    private static void fit(SameDiff sd, Objective objective, ShuffledBatches batches) {
        RobustTrainer.of(sd).epochs(5).objective(objective).build().fit(batches);
    }

    private static Outcome evaluate(SameDiff sd, LabelledImages test) {
        Classifier model = Classifier.of(sd).bounds(0, 1).build();
        EvaluationReport report = RobustEvaluation.of(model)
                .ensemble(eps -> AutoAttack.linf(eps).seed(1).build())
                .epsilons(EPSILON / 2, EPSILON)
                .report(test.allFeatures(), test.oneHot(test.all(), 10));
        // reasons not to believe the figures; a network as small as this one raises none
        report.flags().forEach(flag -> System.err.println(flag));
        Map<Double, Double> robust = new TreeMap<>();
        for (double epsilon : new double[] {EPSILON / 2, EPSILON}) {
            robust.put(epsilon, report.robustAccuracy(epsilon));
        }
        return new Outcome(report.accuracy(), robust);
    }

    /**
     * Prints accuracies.
     *
     * @param args not used
     * @throws IOException if the digits cannot be read
     */
    public static void main(String[] args) throws IOException {
        BackendCheck.of(E01_AddAPenalty.network()).withGradients().run().require(); // ND4J itself may be faulty
        System.out.println("plain:               " + train(false));
        System.out.println("ARoW and a penalty:  " + train(true));
    }
}
