package org.jacreg.examples.experiment;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.result.DataSummary;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.ModelResult;
import org.jacreg.examples.result.Settings;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Trains the same network from the same weights on the same batches in the ways of {@link ModelKind}, and measures each.
 */
public final class Experiment {

    private static final int DIGITS_SHOWN = 8;

    private final Settings settings;
    private final MnistData data;
    private final String command;
    private final ExperimentListener listener;

    /**
     * Makes the experiment; nothing is computed yet.
     *
     * @param settings what to do
     * @param data what to do it on
     * @param command how to say in the result that the run is repeated
     * @param listener hears of progress
     * @throws IllegalArgumentException if more images are wanted than there are
     */
    public Experiment(Settings settings, MnistData data, String command, ExperimentListener listener) {
        requireAvailable(
                "train-size", settings.training().trainSize(), data.train().count());
        requireAvailable(
                "test-size", settings.evaluation().testSize(), data.test().count());
        this.settings = settings;
        this.data = data;
        this.command = command;
        this.listener = listener;
    }

    private static void requireAvailable(String name, int wanted, int available) {
        if (wanted > available) {
            throw new IllegalArgumentException(
                    name + ": expected at most the " + available + " images there are, got " + wanted);
        }
    }

    /**
     * Checks the backend and runs it all.
     *
     * @return what was found
     * @throws org.jacreg.runtime.FaultyBackendException if ND4J computes an op of the network, of its penalty or of their
     *     gradients wrongly
     * @throws ArithmeticException if a training diverges
     */
    public ExperimentResult run() {
        Instant start = Instant.now();
        long begin = System.nanoTime();
        Seeds seeds = Seeds.of(settings.seed());
        requireSoundBackend(seeds);
        Sample train =
                Sample.draw(data.train(), data.classes(), settings.training().trainSize(), seeds.trainSample());
        Sample test =
                Sample.draw(data.test(), data.classes(), settings.evaluation().testSize(), seeds.testSample());
        Sample followed = test.first(settings.evaluation().trackSize(), data.classes());
        Sample shown = test.first(DIGITS_SHOWN, data.classes());
        List<ModelResult> models = new ArrayList<>();
        for (ModelKind kind : ModelKind.values()) {
            ModelTraining training = new ModelTraining(kind, settings, train.images(), data.classes(), listener);
            training.run(followed);
            listener.trained(kind, training.graph());
            models.add(new Scoring(kind, settings.evaluation(), seeds.evaluation(), listener)
                    .score(training, train, test, shown));
        }
        return new ExperimentResult(
                ExperimentResult.FORMAT,
                start.truncatedTo(ChronoUnit.SECONDS).toString(),
                (System.nanoTime() - begin) / 1e9,
                command,
                settings,
                EnvironmentProbe.environment(),
                summary(train, test),
                models);
    }

    /** Once for all trainings, on a network of the same shapes: numbers from a faulty backend look like any others. */
    private void requireSoundBackend(Seeds seeds) {
        SameDiff graph = Mlp.create(
                data.train().dimension(),
                settings.training().hidden(),
                data.classes(),
                settings.training().learningRate(),
                seeds.weights());
        JacobianRegularizer.frobenius(graph).attach();
        BackendCheck.of(graph).withGradients().run().require();
    }

    private DataSummary summary(Sample train, Sample test) {
        return new DataSummary(
                data.source(),
                data.train().rows(),
                data.train().columns(),
                data.classes(),
                train.size(),
                data.train().count(),
                test.size(),
                data.test().count(),
                data.sha256());
    }
}
