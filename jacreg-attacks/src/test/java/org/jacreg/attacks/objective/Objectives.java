package org.jacreg.attacks.objective;

import java.util.List;
import org.jacreg.classifier.Classifier;
import org.jacreg.training.Objective;
import org.nd4j.linalg.api.buffer.DataType;

/** One of each objective, with few steps. */
final class Objectives {

    private Objectives() {}

    static List<Objective> all(int classes) {
        Classifier teacher =
                Classifier.of(Nets.mlp(DataType.DOUBLE, classes, 99)).build();
        return List.of(
                PgdAdversarialTraining.linf(.2).attack(a -> a.steps(3)).build(),
                FastAdversarialTraining.linf(.2).build(),
                Trades.linf(.2).attack(a -> a.steps(3)).build(),
                Trades.l2(.3)
                        .gair(GairWeights.fromEpoch(1))
                        .attack(a -> a.steps(3).seed(9))
                        .build(),
                Mart.linf(.2).attack(a -> a.steps(3)).build(),
                Arow.linf(.2).attack(a -> a.steps(3)).build(),
                Cow.l2(.2).attack(a -> a.steps(3)).build(),
                Hat.linf(.2, teacher).attack(a -> a.steps(3)).build(),
                HatArow.linf(.2, teacher).attack(a -> a.steps(3)).build());
    }
}
