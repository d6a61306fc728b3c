package org.jacreg.attacks.objective;

import java.util.function.UnaryOperator;
import org.jacreg.training.ModelNamesBuilder;

/**
 * The options that objectives with an inner attack share, besides the names of the graph's variables.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class ObjectiveBuilder<B extends ObjectiveBuilder<B>> extends ModelNamesBuilder<B>
        permits PgdAdversarialTraining.Builder,
                FastAdversarialTraining.Builder,
                Trades.Builder,
                Mart.Builder,
                Hat.Builder,
                ArowBuilder {

    private InnerAttack.Builder attack;

    ObjectiveBuilder(InnerAttack.Builder attack) {
        this.attack = attack;
    }

    /** What makes the adversarial examples. */
    final InnerAttack inner() {
        return attack.build();
    }

    /**
     * Changes the attack that makes the adversarial examples, for example {@code attack(a -> a.bounds(0, 1).steps(40).seed(1))}.
     *
     * @param change is given the attack with the objective's own defaults, and returns it changed
     * @return this builder
     */
    public final B attack(UnaryOperator<InnerAttack.Builder> change) {
        this.attack = change.apply(attack);
        return self();
    }
}
