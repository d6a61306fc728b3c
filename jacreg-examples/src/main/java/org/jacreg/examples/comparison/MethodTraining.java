package org.jacreg.examples.comparison;

import java.util.Locale;
import org.jacreg.attacks.objective.Arow;
import org.jacreg.attacks.objective.Hat;
import org.jacreg.attacks.objective.InnerAttack;
import org.jacreg.attacks.objective.Mart;
import org.jacreg.attacks.objective.PgdAdversarialTraining;
import org.jacreg.attacks.objective.Trades;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.jacreg.training.TrainingHistory;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Trains one network in one way. */
final class MethodTraining {

    private final ComparisonSettings settings;
    private final Digits digits;
    private final long seed;
    private final ExperimentListener listener;

    MethodTraining(ComparisonSettings settings, Digits digits, long seed, ExperimentListener listener) {
        this.settings = settings;
        this.digits = digits;
        this.seed = seed;
        this.listener = listener;
    }

    /** A trained network and the mean loss of its last epoch. */
    record Trained(SameDiff graph, Classifier model, double loss) {}

    Trained train(Method method, double strength) {
        @Nullable
        Classifier teacher = method == Method.HAT ? train(Method.CE, 0).model() : null;
        SameDiff graph = ConvNet.create(settings.budget(), digits.classes(), seed);
        @Nullable RegularizedGraph penalised = penalty(method, strength, graph);
        ShuffledBatches batches = new ShuffledBatches(
                digits.train(), digits.classes(), settings.budget().batchSize(), seed);
        double loss = Double.NaN;
        int epoch = 0;
        while (epoch < settings.budget().epochs()) {
            double epsilon = settings.budget().epsilonIn(epoch);
            int epochs = epoch < settings.budget().rampEpochs()
                    ? 1
                    : settings.budget().epochs() - epoch;
            listener.stage(
                    name(method) + ": training from epoch " + (epoch + 1), (long) epochs * batches.batchesPerPass());
            TrainingHistory history = RobustTrainer.of(graph)
                    .epochs(epochs)
                    .objective(objective(method, strength, epsilon, teacher))
                    .build()
                    .fit(batches);
            loss = history.last().loss();
            listener.done(String.format(
                    Locale.ROOT, "%.1f s an epoch, loss %.3f", history.last().seconds(), loss));
            epoch += epochs;
        }
        if (penalised != null) {
            penalised.detach();
        }
        return new Trained(graph, Classifier.of(graph).bounds(0, 1).build(), loss);
    }

    private String name(Method method) {
        return method.label() + ", seed " + seed;
    }

    private static @Nullable RegularizedGraph penalty(Method method, double strength, SameDiff graph) {
        return switch (method) {
            case FROBENIUS, AROW_FROBENIUS ->
                JacobianRegularizer.frobenius(graph).lambda(strength).attach();
            case L11 -> JacobianRegularizer.l11(graph).lambda(strength).attach();
            default -> null;
        };
    }

    private Objective objective(Method method, double strength, double epsilon, @Nullable Classifier teacher) {
        return switch (method) {
            case CE, FROBENIUS, L11 -> Objective.lossVariables();
            case PGD_AT ->
                PgdAdversarialTraining.linf(epsilon).attack(this::inner).build();
            case TRADES ->
                Trades.linf(epsilon).attack(this::inner).beta(strength).build();
            case MART -> Mart.linf(epsilon).attack(this::inner).beta(strength).build();
            case AROW -> Arow.linf(epsilon).attack(this::inner).lambda(strength).build();
            case AROW_FROBENIUS ->
                Arow.linf(epsilon)
                        .attack(this::inner)
                        .lambda(settings.arowLambda())
                        .build();
            case HAT -> {
                if (teacher == null) {
                    throw new IllegalStateException("HAT needs a teacher");
                }
                yield Hat.linf(epsilon, teacher)
                        .attack(this::inner)
                        .beta(strength)
                        .build();
            }
        };
    }

    private InnerAttack.Builder inner(InnerAttack.Builder attack) {
        return attack.steps(settings.budget().attackSteps()).bounds(0, 1).seed(seed);
    }
}
