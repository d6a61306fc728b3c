package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.Term;
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
     * @param facts the network; Frobenius norms count
     * @param sampleNorm {@code ||X||_F}, without the constant coordinate of biases
     * @param margins the margins of the sample
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException as {@link #bound(NetworkFacts, double, Margins, double)}, or if the grid is fixed in
     *     advance
     */
    public GeneralizationBound bound(NetworkFacts facts, double sampleNorm, Margins margins) {
        return margins.best(grid, gamma -> bound(facts, sampleNorm, margins, gamma));
    }

    /**
     * Bounds the error at a given margin, which the grid rounds down.
     *
     * <p>Terms: {@code empirical}, {@code complexity} and {@code deviation}, which add up to the value, {@code gamma}, {@code
     * sum_k R(F_k)}, {@code grid}, {@code uncut}.
     *
     * @param facts the network; Frobenius norms count
     * @param sampleNorm {@code ||X||_F}, without the constant coordinate of biases
     * @param margins the margins of the sample
     * @param gamma the margin, positive and finite
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if {@code gamma} is NaN, infinite or not positive, {@code sampleNorm} is NaN, infinite
     *     or negative, {@code phi(0)} is not 0, or the activation is smooth and not linear: peeling needs {@code phi(c t) = c
     *     phi(t)} for positive c
     */
    public GeneralizationBound bound(NetworkFacts facts, double sampleNorm, Margins margins, double gamma) {
        Margins.requireMargin(gamma);
        requireCovered(facts);
        long n = margins.size();
        UnionGrid.Point margin = grid.below(gamma);
        UnionGrid.Norms moved = grid.above(facts.norms(), false, true, false);
        double sum = sumOverClasses(moved.norms(), facts.extended(sampleNorm, n), n);
        double complexity = RoundUp.product(RoundUp.quotient(2, margin.value()), sum);
        RampBound ramp = new RampBound(
                "Frobenius margin bound",
                "probability of error",
                complexity,
                complexity,
                RoundUp.sum(moved.logWeight(), margin.logWeight()),
                List.of(new Term("sum_k R(F_k)", sum, "sum over the classes of the complexity of a logit")),
                assumptions(facts),
                "Golowich, Rakhlin and Shamir (2018), constant derived anew; Maurer (2016)");
        return ramp.at(margin.value(), margins, delta);
    }

    /**
     * Bounds the error of a network known by its norms alone, at the best margin of the grid.
     *
     * @param norms the norms
     * @param sampleNorm {@code ||X||_F}, without the constant coordinate of biases
     * @param margins the margins of the sample
     * @return the bound
     * @throws IllegalArgumentException as {@link #bound(NetworkFacts, double, Margins)}
     */
    public GeneralizationBound bound(NetworkNorms norms, double sampleNorm, Margins margins) {
        return bound(NetworkFacts.of(norms), sampleNorm, margins);
    }

    /**
     * Bounds the error of a network known by its norms alone, at a given margin.
     *
     * @param norms the norms
     * @param sampleNorm {@code ||X||_F}, without the constant coordinate of biases
     * @param margins the margins of the sample
     * @param gamma the margin, positive and finite
     * @return the bound
     * @throws IllegalArgumentException as {@link #bound(NetworkFacts, double, Margins, double)}
     */
    public GeneralizationBound bound(NetworkNorms norms, double sampleNorm, Margins margins, double gamma) {
        return bound(NetworkFacts.of(norms), sampleNorm, margins, gamma);
    }

    private static void requireCovered(NetworkFacts facts) {
        NetworkNorms norms = facts.norms();
        facts.requireRelu("peeling needs phi(c t) = c phi(t) for positive c, element by element");
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

    private List<Assumption> assumptions(NetworkFacts facts) {
        List<Assumption> all = new ArrayList<>(facts.assumptions());
        if (facts.norms().depth() > 1) {
            all.add(facts.relu());
        }
        all.add(grid.assumption("bounds of Frobenius norms (of the last layer's row norms if fixed), and margins"));
        all.add(Assumption.assumed("sampleNorm is the Frobenius norm of the sample that the margins are from"));
        return all;
    }

    @Override
    public String toString() {
        return "FrobeniusMargin(delta " + delta + ", " + grid + ")";
    }
}
