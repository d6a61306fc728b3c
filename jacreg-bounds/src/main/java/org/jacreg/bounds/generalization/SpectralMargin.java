package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.covering.CoveringNumber;
import org.jacreg.bounds.covering.Dudley;
import org.jacreg.bounds.covering.DudleyBound;
import org.jacreg.bounds.covering.NetworkCovers;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.Term;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The margin bound of Bartlett, Foster and Telgarsky, Spectrally-normalized margin bounds for neural networks (2017), with its
 * constants: with probability at least {@code 1 - delta}, for all networks and margins,
 *
 * <pre>{@code Pr[argmax f(x) != y] <= mean ramp loss at gamma + 2 R_S + 3 sqrt((ln(2/delta) + grid) / (2n))}</pre>
 *
 * <p>{@code R_S}, the complexity of the ramp losses, is Dudley's integral over the cover of {@link NetworkCovers#spectral};
 * margins are Lipschitz with constant {@code sqrt(2)} in the l2 norm of the logits, ramp losses with {@code sqrt(2) / gamma},
 * and they lie within 1/2 of 1/2. Works with any activation of a finite Lipschitz constant and {@code phi(0) = 0}. Immutable.
 */
public final class SpectralMargin {

    private static final double ROOT_TWO = Math.nextUp(Math.sqrt(2));

    /** Intervals of Dudley's grid: enough for one percent. */
    private static final int INTERVALS = 2048;

    /** Intervals while the best margin is looked for. */
    private static final int COARSE = 256;

    private static final String PRINTED =
            "8/n^(3/2) + 72 ln(n) Rbar/(gamma n), the paper's form of 2 R_S without ceilings,"
                    + " not part of the value";

    private final double delta;
    private final UnionGrid grid;

    private SpectralMargin(double delta, UnionGrid grid) {
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
    public static SpectralMargin delta(double delta) {
        Confidence.requireDelta(delta);
        return new SpectralMargin(delta, UnionGrid.DEFAULT);
    }

    /**
     * The same with another grid of norms and margins.
     *
     * @param grid the grid
     * @return a new theorem
     */
    public SpectralMargin grid(UnionGrid grid) {
        return new SpectralMargin(delta, grid);
    }

    /**
     * Bounds the error at the best margin of the grid.
     *
     * @param facts the network; operator norms and sums of row norms count
     * @param sampleNorm {@code ||X||_F}, the root of the sum of {@code ||x_i||_2^2} over the sample, without the
     *     constant coordinate of biases
     * @param margins the margins of the sample
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if {@code sampleNorm} is NaN, infinite or negative, {@code phi(0)} is not 0, or the
     *     grid is fixed in advance
     */
    public GeneralizationBound bound(NetworkFacts facts, double sampleNorm, Margins margins) {
        double gamma = margins.best(grid, g -> bound(facts, sampleNorm, margins, g, COARSE))
                .term("gamma");
        return bound(facts, sampleNorm, margins, gamma);
    }

    /**
     * Bounds the error at a given margin, which the grid rounds down.
     *
     * <p>Terms: {@code empirical}, {@code complexity} and {@code deviation}, which add up to the value, {@code gamma}, {@code
     * R_A}, {@code printed}, {@code grid}, {@code uncut}.
     *
     * @param facts the network; operator norms and sums of row norms count
     * @param sampleNorm {@code ||X||_F}
     * @param margins the margins of the sample
     * @param gamma the margin, positive and finite
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if {@code gamma} is NaN, infinite or not positive, {@code sampleNorm} is NaN, infinite
     *     or negative, or {@code phi(0)} is not 0
     */
    public GeneralizationBound bound(NetworkFacts facts, double sampleNorm, Margins margins, double gamma) {
        return bound(facts, sampleNorm, margins, gamma, INTERVALS);
    }

    private GeneralizationBound bound(
            NetworkFacts facts, double sampleNorm, Margins margins, double gamma, int intervals) {
        Margins.requireMargin(gamma);
        long n = margins.size();
        UnionGrid.Point margin = grid.below(gamma);
        double extended = facts.extended(sampleNorm, n);
        UnionGrid.Norms moved = grid.above(facts.norms(), true, false, true);
        CoveringNumber cover = NetworkCovers.spectral(moved.norms(), extended)
                .onSample(n)
                .lipschitz(RoundUp.quotient(ROOT_TWO, margin.value()))
                .within(0.5);
        DudleyBound dudley = Dudley.minimised(cover, n, intervals);
        double printed = printed(NetworkCovers.spectralRoot(moved.norms(), extended), margin.value(), n);
        RampBound ramp = new RampBound(
                "spectral margin bound",
                "probability of error",
                dudley.best(),
                dudley.vacuous() ? printed / 2 : dudley.value(),
                RoundUp.sum(moved.logWeight(), margin.logWeight()),
                List.of(
                        new Term("integral", dudley.value(), "Dudley's integral, cut at " + dudley.alpha()),
                        new Term(
                                "R_A",
                                NetworkCovers.spectralComplexity(
                                        moved.norms(), moved.norms().layers()),
                                "spectral complexity of the network"),
                        new Term("printed", printed, PRINTED)),
                assumptions(facts),
                "Bartlett, Foster and Telgarsky (2017), with the ceilings of Lemma 3.2 and a union over a grid");
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

    private static double printed(double root, double gamma, long n) {
        double size = (double) n;
        return RoundUp.sum(
                RoundUp.quotient(8, Math.nextDown(size * Math.nextDown(Math.sqrt(size)))),
                RoundUp.quotient(RoundUp.product(72, RoundUp.log(size), root), Math.nextDown(gamma * size)));
    }

    private List<Assumption> assumptions(NetworkFacts facts) {
        List<Assumption> all = new ArrayList<>(facts.assumptions());
        all.add(grid.assumption("bounds of operator norms and of sums of row norms, and margins"));
        all.add(Assumption.assumed("sampleNorm is the Frobenius norm of the sample that the margins are from"));
        return all;
    }

    @Override
    public String toString() {
        return "SpectralMargin(delta " + delta + ", " + grid + ")";
    }
}
