package org.jacreg.attacks.objective;

import org.jacreg.training.LossReplacement;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A summand of an objective, written out of ops whose gradients ND4J computes rightly. Gradients run through everything but the
 * inputs and the labels: through the probabilities on both sides of a divergence and through its weights.
 */
interface LossTerm {

    /** The name of its loss variable, within the scope. */
    String name();

    /** Adds it to the graph: a number. */
    SDVariable emit(Branches branches);

    /** Adds it, and says under which name it is to be a loss. */
    default LossReplacement.NamedTerm emitNamed(Branches branches) {
        return new LossReplacement.NamedTerm(name(), emit(branches));
    }

    /**
     * Cross-entropy at the input, {@code factor * mean_n -sum_c t_nc ln p_c(x_n)} with {@code t = (1 - smoothing) y + smoothing /
     * C}.
     */
    record Clean(double factor, double smoothing) implements LossTerm {

        @Override
        public String name() {
            return "clean";
        }

        @Override
        public SDVariable emit(Branches branches) {
            SDVariable targets = branches.targets();
            if (smoothing > 0) {
                targets = targets.mul(1 - smoothing).add(smoothing / branches.classes());
            }
            return branches.meanOfSums(targets.mul(branches.clean())).mul(-factor);
        }
    }

    /** Cross-entropy at the attacked input, each sample with its weight if there are weights. */
    record Attacked(double factor) implements LossTerm {

        @Override
        public String name() {
            return "attacked";
        }

        @Override
        public SDVariable emit(Branches branches) {
            SDVariable rows = branches.targets().mul(branches.attacked());
            return branches.meanOfSums(branches.weighted(rows)).mul(-factor);
        }
    }

    /**
     * MART's boosted cross-entropy at the attacked input, {@code mean_n (-ln p_y - ln(1.0001 - p_k))} with k the most probable
     * of the other classes.
     */
    record Boosted() implements LossTerm {

        /** As published: keeps the logarithm finite. */
        private static final double ABOVE_ONE = 1.0001;

        @Override
        public String name() {
            return "attacked";
        }

        @Override
        public SDVariable emit(Branches branches) {
            SDVariable targets = branches.targets();
            SDVariable probability = branches.probability(branches.attacked());
            // Probabilities are at most 1: the true class falls behind all others.
            SDVariable rival = branches.hottest(probability.sub(targets.mul(2)));
            SDVariable other = probability.mul(rival).sum(true, 1);
            SDVariable margin = other.getSameDiff().math().log(other.rsub(ABOVE_ONE));
            return branches.meanOfSums(targets.mul(branches.attacked()))
                    .add(margin.mean())
                    .neg();
        }
    }

    /** {@code factor * mean_n w_n KL(p(x_n) || p(x'_n))}. */
    record Divergence(double factor, DivergenceWeight weight) implements LossTerm {

        @Override
        public String name() {
            return "divergence";
        }

        @Override
        public SDVariable emit(Branches branches) {
            SDVariable clean = branches.clean();
            SDVariable rows = branches.probability(clean).mul(clean.sub(branches.attacked()));
            return branches.meanOfSums(weight.apply(branches, branches.weighted(rows)))
                    .mul(factor);
        }
    }

    /** Cross-entropy at the helper examples with the teacher's labels. */
    record Helper(double factor) implements LossTerm {

        @Override
        public String name() {
            return "helper";
        }

        @Override
        public SDVariable emit(Branches branches) {
            return branches.meanOfSums(branches.helperTargets().mul(branches.helper()))
                    .mul(-factor);
        }
    }
}
