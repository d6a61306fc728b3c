package org.jacreg.examples.readme;

import java.nio.file.Path;
import org.jacreg.training.Checkpointing;
import org.jacreg.training.EarlyStopping;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The README's example of training; {@link ReadmeTest} holds the two together. */
final class ReadmeTrainingExample {

    private ReadmeTrainingExample() {}

    static TrainingHistory run(SameDiff sd, DataSetIterator train, DataSetIterator validation, Path file) {
        // README begins
        TrainingHistory history = RobustTrainer.of(sd)
                .epochs(20)
                .validation(validation)
                .validationLosses("loss")
                .earlyStopping(EarlyStopping.onLoss("loss").patience(3))
                .checkpoint(Checkpointing.to(file))
                .build()
                .resume(train);
        double penalty = history.last().penalties().get("frobenius");
        // README ends
        if (!(penalty > 0)) {
            throw new IllegalStateException("the penalty was recorded as " + penalty);
        }
        return history;
    }
}
