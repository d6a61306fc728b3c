package org.jacreg.examples.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.objective.Arow;
import org.jacreg.attacks.objective.InnerAttack;
import org.jacreg.attacks.objective.Mart;
import org.jacreg.attacks.objective.Trades;
import org.jacreg.attacks.training.AdversarialDataSetIterator;
import org.jacreg.bounds.certify.training.IntervalBoundTraining;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.Settings;
import org.jacreg.examples.result.TrainingSettings;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.training.EpochRecord;
import org.jacreg.training.NonFiniteLossException;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingProgress;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Trains the network in one of the ways, and follows it from epoch to epoch. */
final class ModelTraining {

    /** Interval bounds come in after this part of the steps, */
    private static final int WARM_UP = 10;

    /** and grow for this part. */
    private static final int RAMP = 2;

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
        this.graph = Mlp.create(train.dimension(), settings.training().hidden(), classes, rate(), seeds.weights());
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

    private double rate() {
        double rate = settings.training().learningRate();
        return kind == ModelKind.IBP ? rate * settings.training().ibpRateFactor() : rate;
    }

    /** Trains to the end, following the given images. */
    void run(Sample followed) {
        Probe probe = new Probe(model, jacobian, followed, settings.evaluation(), seeds.evaluation());
        history.add(probe.measure(0, 0, Double.NaN));
        stage(1);
        train(new Follower(probe));
    }

    /** Trains to the end without measuring on the way. */
    void run() {
        listener.stage(
                String.format(
                        Locale.ROOT,
                        "%s: lambda %.3g",
                        kind.label(),
                        kind == ModelKind.L11
                                ? settings.training().lambdaL11()
                                : settings.training().lambdaFrobenius()),
                (long) settings.training().epochs() * clean.batchesPerPass());
        train(new TrainingProgress() {
            private long steps;

            @Override
            public void stepDone(Step step) {
                listener.progress(++steps);
            }
        });
        listener.done("trained");
    }

    private void train(TrainingProgress progress) {
        RegularizedGraph penalised = attachPenalty();
        try {
            RobustTrainer.of(graph)
                    .epochs(settings.training().epochs())
                    .objective(objective())
                    .progress(progress)
                    .build()
                    .fit(batches);
        } catch (NonFiniteLossException e) {
            throw new ArithmeticException(
                    kind.label() + ": " + e.getMessage() + "; try a smaller learning rate or a smaller lambda");
        }
        if (penalised != null) {
            penalised.detach();
        }
    }

    private void stage(int epoch) {
        listener.stage(
                kind.label() + ": epoch " + epoch + " of " + settings.training().epochs(), clean.batchesPerPass());
    }

    /** Measures the network after every epoch, and tells the experiment's listener of every step. */
    private final class Follower implements TrainingProgress {
        private final Probe probe;

        Follower(Probe probe) {
            this.probe = probe;
        }

        @Override
        public void stepDone(Step step) {
            listener.progress(step.step());
        }

        @Override
        public void epochDone(EpochRecord epoch) {
            EpochPoint point = probe.measure(history.size(), epoch.seconds(), epoch.loss());
            history.add(point);
            listener.done(summary(point));
            if (history.size() <= settings.training().epochs()) {
                stage(history.size());
            }
        }
    }

    private @Nullable RegularizedGraph attachPenalty() {
        return switch (kind) {
            case PLAIN, PGD_AT, TRADES, MART, AROW, IBP -> null;
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

    /** What a step minimises; PGD's points come with the batches. */
    private Objective objective() {
        TrainingSettings training = settings.training();
        double epsilon = settings.evaluation().epsilonLinf();
        return switch (kind) {
            case PLAIN, FROBENIUS, L11, PGD_AT -> Objective.lossVariables();
            case TRADES ->
                Trades.linf(epsilon)
                        .attack(this::inner)
                        .beta(training.tradesBeta())
                        .build();
            case MART ->
                Mart.linf(epsilon).attack(this::inner).beta(training.martBeta()).build();
            case AROW ->
                Arow.linf(epsilon)
                        .attack(this::inner)
                        .lambda(training.arowLambda())
                        .build();
            case IBP ->
                IntervalBoundTraining.linf(epsilon)
                        .bounds(0, 1)
                        .ramp(steps() / WARM_UP, steps() / RAMP)
                        .build();
        };
    }

    private int steps() {
        return Math.toIntExact((long) settings.training().epochs() * clean.batchesPerPass());
    }

    private InnerAttack.Builder inner(InnerAttack.Builder attack) {
        return attack.steps(settings.training().attackSteps()).bounds(0, 1).seed(seeds.training());
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
}
