package org.jacreg.examples.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.training.AdversarialDataSetIterator;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.Settings;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Trains the network in one of the four ways, with plain {@code sd.fit}, and follows it from epoch to epoch. */
final class ModelTraining {

    private final ModelKind kind;
    private final Settings settings;
    private final Seeds seeds;
    private final ExperimentListener listener;
    private final SameDiff graph;
    private final Classifier model;
    private final Jacobian jacobian;
    private final ShuffledBatches clean;
    private final DataSetIterator batches;
    private final List<EpochPoint> history = new ArrayList<>();

    ModelTraining(ModelKind kind, Settings settings, LabelledImages train, int classes, ExperimentListener listener) {
        this.kind = kind;
        this.settings = settings;
        this.seeds = Seeds.of(settings.seed());
        this.listener = listener;
        this.graph = Mlp.create(
                train.dimension(),
                settings.training().hidden(),
                classes,
                settings.training().learningRate(),
                seeds.weights());
        this.model = Classifier.of(graph).bounds(0, 1).build();
        this.jacobian = Jacobian.of(graph);
        this.clean = new ShuffledBatches(train, classes, settings.training().batchSize(), seeds.batches());
        this.batches = kind == ModelKind.PGD_AT ? attacked(clean) : clean;
    }

    private DataSetIterator attacked(DataSetIterator batchesToAttack) {
        return AdversarialDataSetIterator.of(
                batchesToAttack,
                model,
                seed -> Pgd.linf(settings.evaluation().epsilonLinf())
                        .steps(settings.training().attackSteps())
                        .seed(seed)
                        .build(),
                seeds.training());
    }

    /** Trains to the end, following the given images. */
    void run(Sample followed) {
        Probe probe = new Probe(model, jacobian, followed, settings.evaluation(), seeds.evaluation());
        history.add(probe.measure(0, 0, Double.NaN));
        RegularizedGraph penalised = attachPenalty();
        QuietGradients.create(graph);
        int epochs = settings.training().epochs();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            listener.stage(kind.label() + ": epoch " + epoch + " of " + epochs, clean.batchesPerPass());
            long start = System.nanoTime();
            double loss = fitOnePass();
            double seconds = (System.nanoTime() - start) / 1e9;
            EpochPoint point = probe.measure(epoch, seconds, loss);
            history.add(point);
            listener.done(summary(point));
        }
        if (penalised != null) {
            penalised.detach();
        }
    }

    private @Nullable RegularizedGraph attachPenalty() {
        return switch (kind) {
            case PLAIN, PGD_AT -> null;
            case FROBENIUS ->
                JacobianRegularizer.frobenius(graph)
                        .lambda(settings.training().lambdaFrobenius())
                        .attach();
            case L11 ->
                JacobianRegularizer.l11(graph)
                        .lambda(settings.training().lambdaL11())
                        .attach();
        };
    }

    private double fitOnePass() {
        var fitted = graph.fit(batches, 1, new StepCounter(listener));
        double sum = 0;
        for (double part : fitted.lossCurve().lastMeanLoss().getLosses()) {
            sum += part;
        }
        if (!Double.isFinite(sum)) {
            throw new ArithmeticException(kind.label() + ": the training loss became " + sum
                    + "; try a smaller learning rate or a smaller lambda");
        }
        return sum;
    }

    private static String summary(EpochPoint point) {
        return String.format(
                Locale.ROOT,
                "%.1f s, loss %.3f, accuracy %.1f%%, ||J||_F %.2f",
                point.seconds(),
                point.trainingLoss(),
                100 * point.accuracy(),
                point.frobenius());
    }

    SameDiff graph() {
        return graph;
    }

    Classifier model() {
        return model;
    }

    Jacobian jacobian() {
        return jacobian;
    }

    List<EpochPoint> history() {
        return history;
    }

    /** Tells the experiment's listener of every training step. */
    private static final class StepCounter extends BaseListener {
        private final ExperimentListener listener;
        private long steps;

        StepCounter(ExperimentListener listener) {
            this.listener = listener;
        }

        @Override
        public boolean isActive(Operation operation) {
            return operation == Operation.TRAINING;
        }

        @Override
        public void iterationDone(SameDiff sd, At at, MultiDataSet dataSet, Loss loss) {
            listener.progress(++steps);
        }
    }
}
