package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The margin bound from the Frobenius norms of a ReLU network, after Golowich, Rakhlin and Shamir, Size-independent sample
 * complexity of neural networks (2018).
 *
 * <p>A real network of L layers with {@code ||W_l||_F <= m_l} has {@code R_S <= (m_1...m_L / n) (sqrt(2 ln(2) L) + 1) ||X||_F}.
 * For K logits Maurer's contraction (2016) takes the sum over the classes, times {@code sqrt(2)} and the Lipschitz constant
 * {@code sqrt(2)/gamma} of the ramp of the margin: with probability at least {@code 1 - delta}
 *
 * <pre>{@code Pr[argmax f(x) != y] <= mean ramp loss at gamma + 2 (2/gamma) sum_k R_S(F_k)
 *                                + 3 sqrt((ln(2/delta) + grid) / (2n))}</pre>
 *
 * <p>The last layer counts with the sum of its row norms where the class is fixed in advance, and with K times its Frobenius
 * norm on a grid, which moves each layer as a whole. Immutable.
 */
public final class FrobeniusMargin {

    private final double delta;
    private final UnionGrid grid;

    private FrobeniusMargin(double delta, UnionGrid grid) {
        this.delta = delta;
        this.grid = grid;
    }

    /**
     * The bound that fails with a given probability, on the default grid.
     *
     * @param delta between 0 and 1, both excluded
     * @return the theorem
     * @throws IllegalArgumentException if {@code delta} is out of its range
     */
    public static FrobeniusMargin delta(double delta) {
        Confidence.requireDelta(delta);
        return new FrobeniusMargin(delta, UnionGrid.DEFAULT);
    }

    /**
     * The same with another grid of norms and margins.
     *
     * @param grid the grid
     * @return a new theorem
     */
    public FrobeniusMargin grid(UnionGrid grid) {
        return new FrobeniusMargin(delta, grid);
    }

    /**
     * Bounds the error at the best margin of the grid.
     *
     * @param norms the network's norms
     * @param sampleNorm {@code ||X||_F}; of {@code (x_i, 1)} where biases are absorbed
     * @param margins the margins of the sample
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException as {@link #bound(NetworkNorms, double, Margins, double)}, or if the grid is fixed in
     *     advance
     */
    public GeneralizationBound bound(NetworkNorms norms, double sampleNorm, Margins margins) {
        return margins.best(grid, gamma -> bound(norms, sampleNorm, margins, gamma));
    }

    /**
     * Bounds the error at a given margin, which the grid rounds down.
     *
     * <p>Terms: {@code empirical}, {@code complexity} and {@code deviation}, which add up to the value, {@code gamma}, {@code
     * sum_k R(F_k)}, {@code grid}.
     *
     * @param norms the network's norms
     * @param sampleNorm {@code ||X||_F}; of {@code (x_i, 1)} where biases are absorbed
     * @param margins the margins of the sample
     * @param gamma the margin, positive and finite
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if {@code gamma} is NaN, infinite or not positive, {@code sampleNorm} is NaN, infinite
     *     or negative, {@code phi(0)} is not 0, or the activation is smooth and not linear: peeling needs {@code phi(c t) = c
     *     phi(t)} for positive c
     */
    public GeneralizationBound bound(NetworkNorms norms, double sampleNorm, Margins margins, double gamma) {
        Margins.requireMargin(gamma);
        requireCovered(norms, sampleNorm);
        long n = margins.size();
        UnionGrid.Point margin = grid.below(gamma);
        UnionGrid.Norms moved = grid.above(norms, false, true, false);
        double logWeight = RoundUp.sum(moved.logWeight(), margin.logWeight());
        double sum = sumOverClasses(moved.norms(), sampleNorm, n);
        double empirical = margins.ramp(margin.value());
        double ramp = Math.min(0.5, RoundUp.product(RoundUp.quotient(2, margin.value()), sum));
        double complexity = 2 * ramp;
        double deviation = Confidence.deviation(1, logWeight, n, delta);
        return new GeneralizationBound(
                "Frobenius margin bound",
                "probability of error",
                RoundUp.sum(empirical, complexity, deviation),
                1,
                "empirical + 2 min(1/2, (2/gamma) sum_k R(F_k)) + 3 sqrt((ln(2/delta) + grid)/(2n))",
                List.of(
                        new Term("empirical", empirical, "mean ramp loss at gamma"),
                        new Term("complexity", complexity, "2 R_S of the ramp losses, which lie within 1/2 of 1/2"),
                        new Term("deviation", deviation, "3 sqrt((ln(2/delta) + grid)/(2n))"),
                        new Term("gamma", margin.value(), "margin, of the grid where there is one"),
                        new Term("sum_k R(F_k)", sum, "sum over the classes of the complexity of a logit"),
                        new Term(
                                "grid",
                                logWeight,
                                "sum of ln(1/weight) of the places of norms and margin on the grid")),
                assumptions(norms),
                delta,
                n,
                "Golowich, Rakhlin and Shamir (2018), constant derived anew; Maurer (2016)");
    }

    private static void requireCovered(NetworkNorms norms, double sampleNorm) {
        if (!(sampleNorm >= 0 && sampleNorm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "norm ||X||_F of the sample: got " + sampleNorm + ", wanted a nonnegative finite number");
        }
        boolean curved = norms.activationSmoothness() > 0 && norms.activationSmoothness() < Double.POSITIVE_INFINITY;
        if (norms.depth() > 1 && (curved || norms.activationAtZero() != 0)) {
            throw new IllegalArgumentException("activation: got one with phi(0) = " + norms.activationAtZero()
                    + " and a derivative of Lipschitz constant " + norms.activationSmoothness()
                    + ", wanted ReLU or leaky ReLU: peeling needs phi(c t) = c phi(t) for positive c");
        }
    }

    private double sumOverClasses(NetworkNorms norms, double sampleNorm, long n) {
        int depth = norms.depth();
        double product = norms.poolingLipschitz();
        double rho = norms.biases() ? Math.max(1, norms.activationLipschitz()) : norms.activationLipschitz();
        for (int l = 0; l < depth - 1; l++) {
            product = RoundUp.product(product, rho, norms.layers().get(l).frobenius());
        }
        LayerNorms last = norms.layers().get(depth - 1);
        double rows = grid.isFixed() ? last.rowSum21() : RoundUp.product((double) last.outputs(), last.frobenius());
        double factor = RoundUp.sum(RoundUp.sqrt(RoundUp.product(2 * depth, RoundUp.log(2))), 1);
        return RoundUp.quotient(RoundUp.product(product, rows, factor, sampleNorm), (double) n);
    }

    private List<Assumption> assumptions(NetworkNorms norms) {
        List<Assumption> all = new ArrayList<>();
        all.add(Assumption.checked("activations have phi(0) = 0 and are not smooth, or linear"));
        all.add(Assumption.assumed("activations are ReLU or leaky ReLU element by element, without max pooling"));
        all.add(grid.assumption("bounds of Frobenius norms (of the last layer's row norms if fixed), and margins"));
        if (norms.poolingLipschitz() != 1) {
            all.add(Assumption.assumed("poolings are linear"));
        }
        all.add(Assumption.assumed("the sample is drawn independently from the distribution"));
        all.add(Assumption.assumed("sampleNorm is the Frobenius norm of the sample that the margins are from"));
        return all;
    }

    @Override
    public String toString() {
        return "FrobeniusMargin(delta " + delta + ", " + grid + ")";
    }
}
