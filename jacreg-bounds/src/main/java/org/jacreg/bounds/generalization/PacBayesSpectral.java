package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.LpNorm;
import org.jacreg.bounds.rademacher.Term;
import org.jacreg.bounds.rounding.RoundDown;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The spectrally-normalized PAC-Bayes bound of Neyshabur, Bhojanapalli and Srebro (2018), and its adversarial form, Xiao, Sun
 * and Luo (2023), with constants derived here. The papers state orders; this is a bound: with probability at least {@code 1 -
 * delta}, for all networks and margins,
 *
 * <pre>{@code L_0 <= L^_gamma + 4 sqrt((KL + ln(6n/delta) + grid) / (n-1))}</pre>
 *
 * <p>The first is their Lemma 1, for any random change u of the weights with {@code Pr[max_x |f_{w+u}(x) - f_w(x)|_inf <
 * gamma/4] >= 1/2}. The rest, ours:
 *
 * <ul>
 *   <li>If every {@code ||U_i||_2 <= tau s_i}, then {@code |f_{w+u}(x) - f_w(x)|_2 <= B S ((1 + tau)^L - 1)} by telescoping,
 *       {@code S = s_1...s_L}; so {@code tau = (1 + gamma/(4 B S))^(1/L) - 1}.
 *   <li>A matrix of a rows and b columns of independent {@code N(0, sigma^2)} has {@code ||U||_2 <= sigma (sqrt a + sqrt b + t)}
 *       but with probability {@code exp(-t^2/2)} (Davidson and Szarek 2001); with {@code t = sqrt(2 ln(2L))} all layers hold
 *       with probability 1/2; so {@code sigma_i = tau s_i / (sqrt a_i + sqrt b_i + t)}.
 *   <li>{@code KL = sum_i ||W_i||_F^2 / (2 sigma_i^2)} for a prior around zero. The sigmas depend on norms and margin: the grid
 *       pays for them. Layers of their own sigma need no homogeneous activation, as the paper's common sigma does.
 * </ul>
 *
 * <p>Under attack {@code L_0} and {@code L^_gamma} count points with some attacked version of margin at most 0 and gamma, and
 * inputs reach {@code B + eps max(1, d^(1/2 - 1/p))}. Immutable.
 */
public final class PacBayesSpectral {

    private final LpNorm attack;
    private final double epsilon;
    private final double delta;
    private final UnionGrid grid;

    private PacBayesSpectral(LpNorm attack, double epsilon, double delta, UnionGrid grid) {
        this.attack = attack;
        this.epsilon = epsilon;
        this.delta = delta;
        this.grid = grid;
    }

    /**
     * The bound that fails with a given probability, without attack, on the default grid.
     *
     * @param delta between 0 and 1, both excluded
     * @return the theorem
     * @throws IllegalArgumentException if {@code delta} is out of its range
     */
    public static PacBayesSpectral delta(double delta) {
        Confidence.requireDelta(delta);
        return new PacBayesSpectral(LpNorm.L2, 0, delta, UnionGrid.DEFAULT);
    }

    /**
     * The same with another grid of norms and margins.
     *
     * @param grid the grid
     * @return a new theorem
     */
    public PacBayesSpectral grid(UnionGrid grid) {
        return new PacBayesSpectral(attack, epsilon, delta, grid);
    }

    /**
     * The same under attacks in a ball around each input.
     *
     * @param norm the norm of the ball
     * @param epsilon its radius, nonnegative and finite
     * @return a new theorem, of the robust error
     * @throws IllegalArgumentException if {@code epsilon} is NaN, infinite or negative
     */
    public PacBayesSpectral attack(LpNorm norm, double epsilon) {
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "attack radius epsilon: got " + epsilon + ", wanted a nonnegative finite number");
        }
        return new PacBayesSpectral(norm, epsilon, delta, grid);
    }

    /**
     * Bounds the error at the best margin of the grid.
     *
     * @param facts the network; operator and Frobenius norms count
     * @param inputNorm B, a bound of {@code ||x||_2} for every input of the distribution
     * @param margins the margins of the sample; under attack lower bounds of the smallest margin in the ball
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException as {@link #bound(NetworkFacts, double, Margins, double)}, or if the grid is fixed in
     *     advance
     */
    public GeneralizationBound bound(NetworkFacts facts, double inputNorm, Margins margins) {
        return margins.best(grid, gamma -> bound(facts, inputNorm, margins, gamma));
    }

    /**
     * Bounds the error at a given margin, which the grid rounds down.
     *
     * <p>Terms: {@code empirical} and {@code gap}, which add up to the value, {@code KL}, {@code tau}, {@code Phi}, {@code
     * gamma}, {@code B}, {@code grid}.
     *
     * @param facts the network; operator and Frobenius norms count
     * @param inputNorm B, a bound of {@code ||x||_2} for every input of the distribution, positive and finite
     * @param margins the margins of the sample; under attack lower bounds of the smallest margin in the ball
     * @param gamma the margin, positive and finite
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if {@code gamma} or {@code inputNorm} is NaN, infinite or not positive, or {@code
     *     phi(0)} is not 0
     */
    public GeneralizationBound bound(NetworkFacts facts, double inputNorm, Margins margins, double gamma) {
        Margins.requireMargin(gamma);
        NetworkNorms norms = facts.norms();
        require(norms, inputNorm);
        long n = margins.size();
        UnionGrid.Point margin = grid.below(gamma);
        UnionGrid.Norms moved = grid.above(norms, true, false, false);
        double logWeight = RoundUp.sum(moved.logWeight(), margin.logWeight());
        double reach = reach(norms, inputNorm);
        double product = product(moved.norms());
        double tau = RoundDown.rootMinusOne(
                RoundDown.quotient(margin.value(), RoundUp.product(4, reach, product)), norms.depth());
        double divergence = divergence(moved.norms(), tau);
        double empirical = margins.shareAtMost(margin.value());
        double exponent = RoundUp.sum(divergence, Confidence.log(6.0 * n, delta), logWeight);
        double gap = RoundUp.product(4, RoundUp.sqrt(RoundUp.quotient(exponent, Confidence.lessOne(n))));
        return new GeneralizationBound(
                "PAC-Bayes spectral bound" + (attacked() ? ", l_" + attack.p() + " attack" : ""),
                attacked() ? "probability of robust error" : "probability of error",
                RoundUp.sum(empirical, gap),
                1,
                "empirical + 4 sqrt((KL + ln(6n/delta) + grid)/(n-1))",
                List.of(
                        new Term("empirical", empirical, "share of the sample with margin at most gamma"),
                        new Term("gap", gap, "4 sqrt((KL + ln(6n/delta) + grid)/(n-1))"),
                        new Term("KL", divergence, "sum_i ||W_i||_F^2/(2 sigma_i^2)"),
                        new Term(
                                "tau",
                                tau,
                                "(1 + gamma/(4 B S))^(1/L) - 1, what a layer may change relative to its norm"),
                        new Term("Phi", phi(norms), "prod_i ||W_i||_2^2 sum_i ||W_i||_F^2/||W_i||_2^2, of the papers"),
                        new Term("gamma", margin.value(), "margin, of the grid where there is one"),
                        new Term("B", reach, "bound of the l2 norm of what the first layer sees"),
                        new Term(
                                "grid",
                                logWeight,
                                "sum of ln(1/weight) of the places of norms and margin on the grid")),
                assumptions(facts),
                delta,
                n,
                "Neyshabur, Bhojanapalli and Srebro (2018), Xiao, Sun and Luo (2023); constants derived here");
    }

    /**
     * Bounds the error of a network known by its norms alone, at the best margin of the grid.
     *
     * @param norms the norms
     * @param inputNorm B, a bound of {@code ||x||_2} for every input of the distribution
     * @param margins the margins of the sample
     * @return the bound
     * @throws IllegalArgumentException as {@link #bound(NetworkFacts, double, Margins)}
     */
    public GeneralizationBound bound(NetworkNorms norms, double inputNorm, Margins margins) {
        return bound(NetworkFacts.of(norms), inputNorm, margins);
    }

    /**
     * Bounds the error of a network known by its norms alone, at a given margin.
     *
     * @param norms the norms
     * @param inputNorm B, a bound of {@code ||x||_2} for every input of the distribution
     * @param margins the margins of the sample
     * @param gamma the margin, positive and finite
     * @return the bound
     * @throws IllegalArgumentException as {@link #bound(NetworkFacts, double, Margins, double)}
     */
    public GeneralizationBound bound(NetworkNorms norms, double inputNorm, Margins margins, double gamma) {
        return bound(NetworkFacts.of(norms), inputNorm, margins, gamma);
    }

    private boolean attacked() {
        return epsilon > 0;
    }

    private static void require(NetworkNorms norms, double inputNorm) {
        if (!(inputNorm > 0 && inputNorm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "norm B of the inputs: got " + inputNorm + ", wanted a positive finite number");
        }
        if (norms.depth() > 1 && norms.activationAtZero() != 0) {
            throw new IllegalArgumentException(
                    "activation's value at 0: got " + norms.activationAtZero()
                            + ", wanted 0; shift the activation and put its value at 0 times the next weights into the next bias");
        }
    }

    /** B with the attack, and with the constant coordinate of biases. */
    private double reach(NetworkNorms norms, double inputNorm) {
        long inputs = norms.layers().get(0).inputs() - (norms.biases() ? 1 : 0);
        double exponent = 0.5 - 1 / attack.p();
        double factor = exponent <= 0 ? 1 : RoundUp.pow((double) Math.max(1, inputs), Math.nextUp(exponent));
        double norm = RoundUp.sum(inputNorm, RoundUp.product(epsilon, factor));
        return norms.biases() ? RoundUp.sqrt(RoundUp.sum(RoundUp.product(norm, norm), 1)) : norm;
    }

    /** {@code S} with the constants of activations and poolings. */
    private static double product(NetworkNorms norms) {
        double rho = norms.biases() ? Math.max(1, norms.activationLipschitz()) : norms.activationLipschitz();
        double product = RoundUp.product(norms.operatorProduct(), norms.poolingLipschitz());
        for (int l = 1; l < norms.depth(); l++) {
            product = RoundUp.product(product, rho);
        }
        return product;
    }

    private static double divergence(NetworkNorms norms, double tau) {
        double tail = RoundUp.sqrt(RoundUp.product(2, RoundUp.log(2.0 * norms.depth())));
        double sum = 0;
        for (LayerNorms layer : norms.layers()) {
            double width =
                    RoundUp.sum(RoundUp.sqrt((double) layer.outputs()), RoundUp.sqrt((double) layer.inputs()), tail);
            double sigma = RoundDown.quotient(tau * Math.nextDown(layer.operator()), width);
            double share = layer.frobenius() == 0 ? 0 : PacBayes.gaussianDivergence(layer.frobenius(), positive(sigma));
            sum = RoundUp.sum(sum, share);
        }
        return sum;
    }

    /** A deviation that vanishes in rounding counts as the smallest double: the divergence is then infinite. */
    private static double positive(double sigma) {
        return sigma > 0 ? sigma : Double.MIN_VALUE;
    }

    private static double phi(NetworkNorms norms) {
        double sum = 0;
        for (int i = 0; i < norms.depth(); i++) {
            double product = norms.layers().get(i).frobenius();
            for (int j = 0; j < norms.depth(); j++) {
                product = j == i
                        ? product
                        : RoundUp.product(product, norms.layers().get(j).operator());
            }
            sum = RoundUp.sum(sum, RoundUp.product(product, product));
        }
        return sum;
    }

    private List<Assumption> assumptions(NetworkFacts facts) {
        List<Assumption> all = new ArrayList<>(facts.assumptions());
        all.add(grid.assumption("bounds of operator norms, and margins"));
        all.add(Assumption.assumed("every input of the distribution has ||x||_2 <= B, not only those of the sample"));
        if (attacked()) {
            all.add(Assumption.assumed(
                    "margins are lower bounds of the smallest margin in the ball: certificates; margins"
                            + " that an attack found make this an estimate"));
        }
        return all;
    }

    @Override
    public String toString() {
        return "PacBayesSpectral(delta " + delta + ", " + grid
                + (attacked() ? ", attack l_" + attack.p() + " of radius " + epsilon : "") + ")";
    }
}
