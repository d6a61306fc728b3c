package org.jacreg.examples.certification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jacreg.attacks.objective.PgdAdversarialTraining;
import org.jacreg.bounds.certify.training.IntervalBoundTraining;
import org.jacreg.examples.certification.CertificationSettings.Training;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.experiment.Mlp;
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

/** The networks of a folder: those that are not there yet are trained. */
final class NetworkTraining {

    private final Path folder;
    private final Training training;
    private final MnistData data;
    private final ExperimentListener listener;

    NetworkTraining(Path out, Training training, MnistData data, ExperimentListener listener) throws IOException {
        this.folder = Files.createDirectories(out.resolve("networks"));
        this.training = training;
        this.data = data;
        this.listener = listener;
    }

    /** A network with the widths of the settings. */
    SameDiff network(Way way) throws IOException {
        return network(way.label(), way);
    }

    /** The same under a name that tells its widths. */
    SameDiff small(Way way) throws IOException {
        String units =
                training.widths().stream().map(width -> Integer.toString(width)).collect(Collectors.joining("-"));
        return network(way.label() + "-small-" + units, way);
    }

    private SameDiff network(String name, Way way) throws IOException {
        Path file = folder.resolve(name + ".fb");
        if (!Files.exists(file)) {
            SameDiff graph = train(name, way, digits());
            Path part = Files.createTempFile(folder, name, ".part");
            graph.save(part.toFile(), false);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        return SameDiff.load(file.toFile(), false);
    }

    private SameDiff train(String name, Way way, LabelledImages digits) {
        ShuffledBatches batches = new ShuffledBatches(digits, data.classes(), training.batchSize(), training.seed());
        long steps = (long) training.epochs() * batches.batchesPerPass();
        SameDiff graph = untrained(digits.dimension(), training.widths(), steps);
        @Nullable RegularizedGraph penalised = penalty(way, graph);
        listener.stage(name + ": training", steps);
        TrainingHistory history = RobustTrainer.of(graph)
                .epochs(training.epochs())
                .objective(objective(way, steps))
                .build()
                .fit(batches);
        if (penalised != null) {
            penalised.detach();
        }
        listener.done(String.format(Locale.ROOT, "loss %.4f", history.last().loss()));
        return graph;
    }

    private LabelledImages digits() {
        int available = data.train().count();
        if (training.trainSize() > available) {
            throw new IllegalArgumentException(
                    "train-size: expected at most the " + available + " digits there are, got " + training.trainSize());
        }
        return data.train().choose(data.train().drawn(training.trainSize(), training.seed()));
    }

    SameDiff untrained(int inputs, List<Integer> widths, long steps) {
        int late = (int) Math.max(1, Math.ceil(0.75 * steps));
        Map<Integer, Double> rates = Map.of(0, training.learningRate(), late, training.learningRate() / 10);
        return Mlp.create(
                new Mlp.Layout(inputs, widths, data.classes(), Mlp.Hidden.RELU, true),
                new Adam(new MapSchedule(ScheduleType.ITERATION, rates)),
                training.seed());
    }

    private @Nullable RegularizedGraph penalty(Way way, SameDiff graph) {
        double lambda = way.strength(training);
        return switch (way) {
            case FROBENIUS ->
                JacobianRegularizer.frobenius(graph).lambda(lambda).attach();
            case L11 -> JacobianRegularizer.l11(graph).lambda(lambda).attach();
            case PLAIN, PGD_AT, IBP -> null;
        };
    }

    private Objective objective(Way way, long steps) {
        return switch (way) {
            case PLAIN, FROBENIUS, L11 -> Objective.lossVariables();
            case PGD_AT ->
                PgdAdversarialTraining.linf(training.epsilon())
                        .attack(attack -> attack.steps(training.attackSteps())
                                .bounds(0, 1)
                                .seed(training.seed()))
                        .build();
            case IBP ->
                IntervalBoundTraining.linf(training.epsilon())
                        .bounds(0, 1)
                        .ramp((int) (steps / 10), (int) (steps / 2))
                        .build();
        };
    }
}
