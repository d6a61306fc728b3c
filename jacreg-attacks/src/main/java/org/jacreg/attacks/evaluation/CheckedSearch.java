package org.jacreg.attacks.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.attacks.threat.Norm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs attacks on chosen examples and checks what comes back. */
final class CheckedSearch {

    private static final Logger LOG = LoggerFactory.getLogger(CheckedSearch.class);

    private final Plan plan;
    private @Nullable Norm norm;
    private boolean randomised;

    CheckedSearch(Plan plan, @Nullable Norm norm) {
        this.plan = plan;
        this.norm = norm;
    }

    /** The norm of the attacks; null before the first. */
    @Nullable
    Norm norm() {
        return norm;
    }

    /** Takes claims that the model does not repeat for chance instead of lies. */
    void modelIsRandomised() {
        randomised = true;
    }

    /**
     * Attacks some examples.
     *
     * @param epsilon the radius; infinite for a minimum-norm attack
     * @return one for every row
     * @throws CancellationException if the evaluation is to stop
     * @throws IllegalStateException if the attack is targeted, has another norm than the others, or lies
     */
    List<Finding> search(Attack attack, double epsilon, ExampleBatch batch, int[] rows) {
        if (rows.length == 0) {
            return List.of();
        }
        if (plan.stopped()) {
            throw new CancellationException("evaluation cancelled before " + attack + " on " + rows.length
                    + " examples from example " + batch.first() + " on");
        }
        try {
            return attempt(attack, epsilon, batch, rows);
        } catch (ArithmeticException e) {
            return divided(attack, epsilon, batch, rows, e);
        }
    }

    private List<Finding> attempt(Attack attack, double epsilon, ExampleBatch batch, int[] rows) {
        int[] labels = batch.labels(rows);
        AttackResult result = attack.attack(
                plan.model(), batch.inputs(rows).dup(), Nd4j.createFromArray(labels), new CancelOnly(plan));
        Norm same = norm == null ? result.norm() : norm;
        norm = same;
        if (result.targeted() || result.norm() != same) {
            throw new IllegalStateException(
                    "evaluation: expected untargeted attacks in one norm (" + same + "), got " + result.attack());
        }
        return new SuccessCheck(plan.model(), same, epsilon, randomised, row -> batch.first() + rows[row])
                .checked(result, batch.inputs(rows), labels);
    }

    /** One example whose gradient is not finite must not spoil the others: halves, down to the examples at fault. */
    private List<Finding> divided(
            Attack attack, double epsilon, ExampleBatch batch, int[] rows, ArithmeticException e) {
        if (rows.length == 1) {
            LOG.debug("{} gave up on example {}: {}", attack, batch.first() + rows[0], e.getMessage());
            return List.of(Finding.ofFailedSearch());
        }
        int half = rows.length / 2;
        return Stream.concat(
                        search(attack, epsilon, batch, Arrays.copyOf(rows, half)).stream(),
                        search(attack, epsilon, batch, Arrays.copyOfRange(rows, half, rows.length)).stream())
                .toList();
    }

    /** Passes on the wish to stop, not the attack's own steps. */
    private record CancelOnly(Plan plan) implements ProgressListener {

        @Override
        public void progress(long done, long total) {}

        @Override
        public boolean isCancelled() {
            return plan.stopped();
        }
    }
}
