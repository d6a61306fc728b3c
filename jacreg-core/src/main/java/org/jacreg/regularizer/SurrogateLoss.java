package org.jacreg.regularizer;

import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Replaces a graph's loss by an upper bound of its first-order loss under attack.
 *
 * <p>The robust loss {@code max_{||d||_p <= eps} l(f(x + d), y)} is, to first order, {@code l + eps ||grad_x l||_q} with the
 * dual exponent q. By Hoelder's inequality and {@code grad_x l = J^T g}, {@code g} the gradient by the logits:
 *
 * <ul>
 *   <li>{@link #l2}: {@code l + eps L ||J||_F}, L the largest {@code ||g||_2}: sqrt(2) for softmax cross-entropy;
 *   <li>{@link #linf}: {@code l + eps L ||J||_{1,1}}, L the largest {@code ||g||_inf}: 1 for softmax cross-entropy;
 *   <li>{@link #marginwise}: {@code ln(1 + sum_{j != y} exp(z_j - z_y + eps ||J_j - J_y||_q))}, never above the other two, and a
 *       bound of the true robust loss wherever the network is affine on the whole ball. For softmax cross-entropy only.
 * </ul>
 *
 * <p>{@link #labelAware} multiplies L by {@code 1 - p_y}, which bounds the gradient of cross-entropy sample by sample: still a
 * bound of the first-order loss, but not of the true one. All hold for every sample, so for the mean; the loss has to be a mean
 * of per-sample losses.
 *
 * <p>The shape is that of the surrogates of Wu and Li (arXiv 2412.12449); constants and proofs are derived here from the
 * Lipschitz constants of the loss, since theirs are not known to us. These are bounds to first order, never certificates.
 */
public final class SurrogateLoss {

    private enum Form {
        FROBENIUS,
        OPERATOR,
        ENTRYWISE,
        COLUMNS,
        MARGINWISE
    }

    /** The norm of the attack. */
    public enum Norm {
        /** Attacks of bounded Euclidean norm. */
        L2,
        /** Attacks of bounded largest change. */
        LINF
    }

    private final SameDiff sd;
    private final Norm norm;
    private final Form form;
    private final double epsilon;
    private final double lossLipschitz;
    private final boolean labelAware;

    private SurrogateLoss(SameDiff sd, Norm norm, Form form, double epsilon, double lossLipschitz, boolean labelAware) {
        this.sd = sd;
        this.norm = norm;
        this.form = form;
        this.epsilon = epsilon;
        this.lossLipschitz = lossLipschitz;
        this.labelAware = labelAware;
    }

    /**
     * The surrogate for l2 attacks.
     *
     * @param sd a classifier's graph with a loss; not modified before {@link #attach()}
     * @return with {@code L = sqrt(2)} and no radius yet
     */
    public static SurrogateLoss l2(SameDiff sd) {
        return new SurrogateLoss(sd, Norm.L2, Form.FROBENIUS, Double.NaN, Math.sqrt(2), false);
    }

    /**
     * The surrogate for l_inf attacks.
     *
     * @param sd a classifier's graph with a loss; not modified before {@link #attach()}
     * @return with {@code L = 1} and no radius yet
     */
    public static SurrogateLoss linf(SameDiff sd) {
        return new SurrogateLoss(sd, Norm.LINF, Form.ENTRYWISE, Double.NaN, 1, false);
    }

    /**
     * The tightest of the surrogates, for softmax cross-entropy with one true class.
     *
     * @param sd a classifier's graph whose loss is the mean softmax cross-entropy, possibly plus terms without labels; not
     *     modified before {@link #attach()}
     * @param norm of the attack
     * @return without a radius yet
     */
    public static SurrogateLoss marginwise(SameDiff sd, Norm norm) {
        return new SurrogateLoss(sd, norm, Form.MARGINWISE, Double.NaN, 1, false);
    }

    /**
     * Sets the radius of the attack.
     *
     * @param epsilon in the units of the input; finite and positive
     * @return a surrogate with this radius
     * @throws IllegalArgumentException if epsilon is not finite and positive
     */
    public SurrogateLoss epsilon(double epsilon) {
        if (!(epsilon > 0 && Double.isFinite(epsilon))) {
            throw new IllegalArgumentException("epsilon must be finite and positive, but is " + epsilon);
        }
        return new SurrogateLoss(sd, norm, form, epsilon, lossLipschitz, labelAware);
    }

    /**
     * Sets {@code L}, for losses other than softmax cross-entropy.
     *
     * @param constant a bound of {@code ||dl/dz||_2} for l2 attacks, of {@code ||dl/dz||_inf} for l_inf attacks ({@code
     *     ||dl/dz||_2} with {@link #columns}); finite and positive
     * @return a surrogate with this constant
     * @throws IllegalArgumentException if the constant is not finite and positive, or the surrogate is marginwise
     */
    public SurrogateLoss lossLipschitz(double constant) {
        if (!(constant > 0 && Double.isFinite(constant))) {
            throw new IllegalArgumentException("lossLipschitz must be finite and positive, but is " + constant);
        }
        requireNotMarginwise("lossLipschitz(" + constant + ")");
        return new SurrogateLoss(sd, norm, form, epsilon, constant, labelAware);
    }

    /**
     * Multiplies by {@code 1 - p_y} sample by sample: tighter, a bound of the first-order loss only. For softmax cross-entropy.
     *
     * @return a label-aware surrogate
     * @throws IllegalArgumentException if the surrogate is marginwise
     */
    public SurrogateLoss labelAware() {
        requireNotMarginwise("labelAware()");
        return new SurrogateLoss(sd, norm, form, epsilon, lossLipschitz, true);
    }

    /**
     * Takes the operator norm in place of Frobenius: {@code l + eps L ||J||_op}, tighter and dearer. For Jacobians whose smaller
     * side exceeds 64 the norm is estimated from below, so that the bound is an estimate too.
     *
     * @return a surrogate with the operator norm
     * @throws IllegalArgumentException if the surrogate is not that of {@link #l2}
     */
    public SurrogateLoss operatorNorm() {
        if (norm != Norm.L2 || form == Form.MARGINWISE) {
            throw new IllegalArgumentException("operatorNorm() is for SurrogateLoss.l2(sd) only");
        }
        return new SurrogateLoss(sd, norm, Form.OPERATOR, epsilon, lossLipschitz, labelAware);
    }

    /**
     * Takes column norms in place of single entries: {@code l + eps sqrt(2) ||J||_{2,1}} for l_inf attacks, neither tighter nor
     * looser than the entrywise form in general. Sets {@code L} to sqrt(2), the l2 constant.
     *
     * @return a surrogate with column norms
     * @throws IllegalArgumentException if the surrogate is not that of {@link #linf}
     */
    public SurrogateLoss columns() {
        if (norm != Norm.LINF || form == Form.MARGINWISE) {
            throw new IllegalArgumentException("columns() is for SurrogateLoss.linf(sd) only");
        }
        return new SurrogateLoss(sd, norm, Form.COLUMNS, epsilon, Math.sqrt(2), labelAware);
    }

    private void requireNotMarginwise(String call) {
        if (form == Form.MARGINWISE) {
            throw new IllegalArgumentException(
                    call + " does not apply to the marginwise surrogate, which is exact in the loss");
        }
    }

    /**
     * The surrogate as a penalty whose names, shapes and rules can still be set.
     *
     * @return a regularizer with {@code lambda = eps L}; for the marginwise form the penalty is what the surrogate exceeds the
     *     cross-entropy by, and lambda is 1
     * @throws IllegalStateException if no radius was set
     */
    public JacobianRegularizer regularizer() {
        if (Double.isNaN(epsilon)) {
            throw new IllegalStateException("set the radius of the attack first, for example .epsilon(0.1)");
        }
        if (form == Form.MARGINWISE) {
            return JacobianRegularizer.marginwise(sd, epsilon, norm == Norm.LINF)
                    .name("marginwise");
        }
        JacobianRegularizer regularizer = switch (form) {
            case FROBENIUS -> JacobianRegularizer.frobenius(sd).unsquared();
            case OPERATOR -> JacobianRegularizer.spectral(sd);
            case COLUMNS -> JacobianRegularizer.l21(sd);
            default -> JacobianRegularizer.l11(sd);
        };
        if (labelAware) {
            regularizer.weights(SampleWeights.labelAware());
        }
        return regularizer.lambda(epsilon * lossLipschitz).name("surrogate");
    }

    /**
     * Makes the surrogate the graph's loss.
     *
     * @return the handle to the penalty; its total is the surrogate
     * @throws IllegalStateException if no radius was set, or the graph is decorated already
     * @throws IllegalArgumentException as {@link JacobianRegularizer#attach()} does
     */
    public RegularizedGraph attach() {
        return regularizer().attach();
    }

    /**
     * The lambda of a squared Frobenius penalty that goes with a radius: {@code eps / (sqrt(2) s)}. For every lambda, {@code l +
     * lambda ||J||_F^2 + eps^2 / (2 lambda)} is above the l2 surrogate (arithmetic-geometric mean), and this lambda makes it
     * tight at {@code ||J||_F = s}.
     *
     * @param epsilon radius of the l2 attack, finite and positive
     * @param meanFrobenius {@code s}, the typical {@code ||J||_F}, for example a batch mean; finite and positive
     * @return the lambda for {@link JacobianRegularizer#frobenius}
     * @throws IllegalArgumentException if an argument is not finite and positive
     */
    public static double lambdaForSquaredFrobenius(double epsilon, double meanFrobenius) {
        for (double value : new double[] {epsilon, meanFrobenius}) {
            if (!(value > 0 && Double.isFinite(value))) {
                throw new IllegalArgumentException("epsilon and meanFrobenius must be finite and positive, but are "
                        + epsilon + " and " + meanFrobenius);
            }
        }
        return epsilon / (Math.sqrt(2) * meanFrobenius);
    }
}
