package org.jacreg.attacks.objective;

/**
 * What an {@link InnerAttack} climbs: a function of the logits at the attacked point {@code x'}, with {@code p = softmax(f(x))}
 * and {@code p' = softmax(f(x'))}. {@code p} is held fixed while it climbs.
 */
public enum InnerLoss {

    /** {@code -sum_c y_c ln p'_c}: of Madry et al., MART and most attacks. */
    CROSS_ENTROPY,

    /** {@code KL(p || p') = sum_c p_c (ln p_c - ln p'_c)}: of TRADES, ARoW and HAT. Needs no labels. */
    KL,

    /** {@code KL(p' || p)}. Needs no labels. */
    REVERSE_KL,

    /** {@code KL(p || m) / 2 + KL(p' || m) / 2} with {@code m = (p + p') / 2}, the Jensen-Shannon divergence. Needs no labels. */
    JENSEN_SHANNON;

    /** Whether it is a distance from the model's own answer: then its gradient is zero at the input itself. */
    boolean comparesWithClean() {
        return this != CROSS_ENTROPY;
    }
}
