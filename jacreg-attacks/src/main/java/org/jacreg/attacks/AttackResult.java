package org.jacreg.attacks;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jacreg.attacks.threat.Norm;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an attack found for a batch.
 *
 * <p>The arrays belong to whoever holds the record.
 *
 * @param adversarial {@code [N, *inputShape]}: for every example the best point met, which is the success of highest loss
 *     (targeted: lowest) if there was a success, and otherwise the point of highest (lowest) loss
 * @param firstAdversarial {@code [N, *inputShape]}: for every example the first success met; the input itself where there
 *     was none
 * @param outcomes one for every example, in the order of the batch
 * @param norm the norm of the attack
 * @param targeted whether labels were classes to reach
 * @param attack the attack's whole configuration
 * @param seed the seed of its random draws
 * @param elapsed wall-clock time of the call
 */
public record AttackResult(
        INDArray adversarial,
        INDArray firstAdversarial,
        List<AttackOutcome> outcomes,
        Norm norm,
        boolean targeted,
        String attack,
        long seed,
        Duration elapsed) {

    /**
     * Checks that the parts belong together.
     *
     * @throws IllegalArgumentException if there is no example, or the arrays hold another number of examples
     */
    public AttackResult {
        outcomes = List.copyOf(outcomes);
        if (outcomes.isEmpty()
                || adversarial.size(0) != outcomes.size()
                || !adversarial.equalShapes(firstAdversarial)) {
            throw new IllegalArgumentException(
                    "attack result: " + outcomes.size() + " outcomes do not fit points of shape "
                            + java.util.Arrays.toString(adversarial.shape()) + " and "
                            + java.util.Arrays.toString(firstAdversarial.shape()));
        }
    }

    /**
     * The number of examples.
     *
     * @return {@code N}
     */
    public int size() {
        return outcomes.size();
    }

    /**
     * The share of examples for which the attack succeeded.
     *
     * @return a number in [0, 1]
     */
    public double successRate() {
        return share(AttackOutcome::success);
    }

    /**
     * The share of examples that are classified correctly without an attack.
     *
     * @return a number in [0, 1]
     * @throws IllegalStateException if the attack was targeted: it does not know the true classes
     */
    public double accuracy() {
        requireUntargeted("accuracy");
        return share(outcome -> outcome.cleanPrediction() == outcome.label());
    }

    /**
     * The share of examples for which the attack found no point that is classified wrongly, the input itself included.
     *
     * @return a number in [0, 1]; an upper bound of the true robust accuracy
     * @throws IllegalStateException if the attack was targeted: use {@link #successRate()}
     */
    public double robustAccuracy() {
        requireUntargeted("robustAccuracy");
        return share(outcome -> !outcome.success());
    }

    /**
     * The mean over the examples of {@link AttackOutcome#loss()}.
     *
     * @return the mean cross-entropy at the returned points
     */
    public double meanLoss() {
        return mean(AttackOutcome::loss);
    }

    /**
     * The mean over the examples of {@link AttackOutcome#extremeLoss()}.
     *
     * @return for an untargeted attack, a lower bound of the mean robust loss
     */
    public double meanExtremeLoss() {
        return mean(AttackOutcome::extremeLoss);
    }

    /**
     * The number of gradients computed, summed over the examples.
     *
     * @return the total
     */
    public long gradients() {
        return outcomes.stream().mapToLong(AttackOutcome::gradients).sum();
    }

    /**
     * The number of examples for which the attack had no gradient to follow.
     *
     * @return the number of examples with {@link AttackOutcome#gradientVanished()}
     */
    public long vanishedGradients() {
        return outcomes.stream().filter(AttackOutcome::gradientVanished).count();
    }

    private double share(Predicate<AttackOutcome> property) {
        return outcomes.stream().filter(property).count() / (double) outcomes.size();
    }

    private double mean(ToDoubleFunction<AttackOutcome> value) {
        return outcomes.stream().mapToDouble(value).average().orElseThrow();
    }

    private void requireUntargeted(String what) {
        if (targeted) {
            throw new IllegalStateException(what
                    + " needs the true classes, but the labels of a targeted attack are targets; use successRate()");
        }
    }
}
