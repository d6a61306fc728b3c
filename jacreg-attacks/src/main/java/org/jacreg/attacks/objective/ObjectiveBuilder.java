package org.jacreg.attacks.objective;

import java.util.function.UnaryOperator;
import org.jacreg.training.ModelNames;

/**
 * The options that all objectives of this package share.
 *
 * @param <B> the builder of the objective
 */
public abstract sealed class ObjectiveBuilder<B extends ObjectiveBuilder<B>>
        permits PgdAdversarialTraining.Builder,
                FastAdversarialTraining.Builder,
                Trades.Builder,
                Mart.Builder,
                Arow.Builder,
                Cow.Builder,
                Hat.Builder,
                HatArow.Builder {

    private InnerAttack.Builder attack;
    private ModelNames names = ModelNames.INFERRED;

    ObjectiveBuilder(InnerAttack.Builder attack) {
        this.attack = attack;
    }

    /** This builder, as what it is. */
    abstract B self();

    /** What makes the adversarial examples. */
    final InnerAttack inner() {
        return attack.build();
    }

    /** What was named. */
    final ModelNames names() {
        return names;
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

    /**
     * Names the input.
     *
     * @param name a floating-point placeholder; read off the graph unless set
     * @return this builder
     */
    public final B input(String name) {
        this.names = names.withInput(name);
        return self();
    }

    /**
     * Names the logits.
     *
     * @param name a variable of shape {@code [N, C]} before the softmax; read off the graph's loss unless set
     * @return this builder
     */
    public final B logits(String name) {
        this.names = names.withLogits(name);
        return self();
    }

    /**
     * Names the labels.
     *
     * @param name a placeholder that holds one-hot rows {@code [N, C]} or class indices {@code [N]}; read off the graph's loss
     *     unless set
     * @return this builder
     */
    public final B label(String name) {
        this.names = names.withLabel(name);
        return self();
    }
}
