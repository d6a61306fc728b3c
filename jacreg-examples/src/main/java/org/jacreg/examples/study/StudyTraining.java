package org.jacreg.examples.study;

import java.util.Locale;
import java.util.Map;
import org.jacreg.attacks.objective.PgdAdversarialTraining;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.experiment.Mlp;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Trains one network of the grid. */
final class StudyTraining {

    private final StudySettings settings;
    private final int classes;
    private final ExperimentListener listener;

    StudyTraining(StudySettings settings, int classes, ExperimentListener listener) {
        this.settings = settings;
        this.classes = classes;
        this.listener = listener;
    }

    /** A trained network and the mean loss of its last pass. */
    record Trained(SameDiff graph, double loss) {}

    Trained train(StudyGrid.Cell cell, LabelledImages digits) {
        int batch = Math.min(settings.batchSize(), digits.count());
        ShuffledBatches batches = new ShuffledBatches(digits, classes, batch, cell.seed());
        int epochs = (settings.steps() + batches.batchesPerPass() - 1) / batches.batchesPerPass();
        SameDiff graph = network(settings, digits.dimension(), classes, cell.seed());
        @Nullable RegularizedGraph penalised = penalty(cell, graph);
        listener.stage(name(cell) + ": training", (long) epochs * batches.batchesPerPass());
        TrainingHistory history = RobustTrainer.of(graph)
                .epochs(epochs)
                .objective(objective(cell))
                .build()
                .fit(batches);
        if (penalised != null) {
            penalised.detach();
        }
        listener.done(String.format(Locale.ROOT, "loss %.4f", history.last().loss()));
        return new Trained(graph, history.last().loss());
    }

    static String name(StudyGrid.Cell cell) {
        return cell.kind().label() + " " + cell.strength() + ", " + cell.size() + " digits, seed " + cell.seed();
    }

    static SameDiff network(StudySettings settings, int inputs, int classes, long seed) {
        int late = Math.max(1, (int) Math.ceil(0.75 * settings.steps()));
        Map<Integer, Double> rates = Map.of(0, settings.learningRate(), late, settings.learningRate() / 10);
        return Mlp.create(
                new Mlp.Layout(inputs, settings.widths(), classes, settings.hidden(), settings.biases()),
                new Adam(new MapSchedule(ScheduleType.ITERATION, rates)),
                seed);
    }

    private static @Nullable RegularizedGraph penalty(StudyGrid.Cell cell, SameDiff graph) {
        return switch (cell.kind()) {
            case FROBENIUS ->
                JacobianRegularizer.frobenius(graph).lambda(cell.strength()).attach();
            case L11 -> JacobianRegularizer.l11(graph).lambda(cell.strength()).attach();
            default -> null;
        };
    }

    private Objective objective(StudyGrid.Cell cell) {
        return cell.kind() != ModelKind.PGD_AT
                ? Objective.lossVariables()
                : PgdAdversarialTraining.linf(cell.strength())
                        .attack(attack -> attack.steps(settings.attackSteps())
                                .bounds(0, 1)
                                .seed(cell.seed()))
                        .build();
    }
}
