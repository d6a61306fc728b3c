package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.covering.CoveringNumber;
import org.jacreg.bounds.covering.JacobianNorm;
import org.jacreg.bounds.covering.NetworkComplexities;
import org.jacreg.bounds.covering.NetworkCovers;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.Term;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * The generalization gap of the Jacobian-regularized risk under attacks of radius eps.
 *
 * <p>The surrogate of a point is {@code l + eps c |||J|||}: cross-entropy plus the attack's radius times the loss's Lipschitz
 * constant times {@code ||J||_F} against l2 attacks, {@code ||J||_{1,1}} against l_inf attacks. It bounds the first-order
 * robust loss. If it lies in [0, M], then with probability at least {@code 1 - delta}, for all networks of the class,
 *
 * <pre>{@code E surrogate - mean surrogate <= 2 R_S(loss) + 2 eps c R_S(|||J|||) + 3 M sqrt(ln(2/delta) / (2n))}</pre>
 *
 * <p>with the two Rademacher complexities from the covers of {@link NetworkCovers}. The shape, one complexity for the loss and
 * one for the Jacobian, is that of Wu and Li, Adversarially robust generalization theory via Jacobian regularization for deep
 * neural networks (2024); constants and proof are derived here and are not that paper's. M is {@code ln K + sqrt(2) B S_L +
 * eps c Q}.
 *
 * <p>For networks of a practical size the bound is vacuous: read its terms side by side, between networks. Immutable.
 */
public final class RobustGap {

    private static final double ROOT_TWO = Math.nextUp(Math.sqrt(2));

    private final Options options;

    private RobustGap(Options options) {
        this.options = options;
    }

    /**
     * Against attacks in the l2 ball: {@code ||J||_F} and {@code c = sqrt(2)}.
     *
     * @param epsilon the radius, nonnegative and finite
     * @return a builder
     */
    public static Builder l2(double epsilon) {
        return new Builder(JacobianNorm.FROBENIUS, epsilon, ROOT_TWO);
    }

    /**
     * Against attacks in the l_inf ball: {@code ||J||_{1,1}} and {@code c = 1}.
     *
     * @param epsilon the radius, nonnegative and finite
     * @return a builder
     */
    public static Builder linf(double epsilon) {
        return new Builder(JacobianNorm.L11, epsilon, 1);
    }

    /**
     * Bounds the gap of a network.
     *
     * <p>Terms: {@code R(loss)} and {@code R(Jacobian)} with the ways they were bounded, {@code loss share}, {@code Jacobian
     * share} and {@code deviation}, which add up to the value, {@code M}, {@code S_L}, {@code Q}, {@code eps}, {@code c},
     * {@code B}, {@code grid}, and {@code second order}: {@code (H/2) eps^2}, which added to the surrogate's risk bounds the
     * true robust risk where the activation is smooth.
     *
     * <p>Where the network's layers were seen and its activations jump, activation patterns are counted without being asked
     * for.
     *
     * @param facts the network, or norms of the class where the grid is fixed in advance
     * @param inputNorm B, a bound of {@code ||x||_2} for every input of the distribution, positive and finite
     * @param n the number of points of the sample, at least 2
     * @return the bound; its trivial value is M
     * @throws IllegalArgumentException if {@code n} is below 2, {@code inputNorm} is NaN, infinite or not positive, or the
     *     theorem does not cover the network: {@code phi(0)} is not 0, or the derivative jumps and {@link Builder#relu} was
     *     not asked for
     */
    public GeneralizationBound bound(NetworkFacts facts, double inputNorm, long n) {
        Confidence.require(n, options.delta);
        if (!(inputNorm > 0 && inputNorm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "norm B of the inputs: got " + inputNorm + ", wanted a positive finite number");
        }
        boolean relu = patterns(facts);
        UnionGrid.Norms grid = options.grid.above(facts.norms(), true, true, false);
        NetworkNorms moved = grid.norms();
        double outputs = NetworkComplexities.largestOutput(moved, inputNorm);
        double largest = NetworkComplexities.largestJacobian(moved, options.norm);
        Complexity loss = loss(moved, inputNorm, n);
        Complexity jacobian = jacobian(moved, relu, inputNorm, n);
        double range =
                options.lossRange < Double.POSITIVE_INFINITY ? options.lossRange : range(moved, outputs, largest);
        double lossShare = 2 * loss.value();
        double jacobianShare = RoundUp.product(2, options.epsilon, options.lossLipschitz, jacobian.value());
        double deviation = Confidence.deviation(range, grid.logWeight(), n, options.delta);
        List<Term> terms = new ArrayList<>();
        terms.add(new Term("loss share", lossShare, "2 R(loss)"));
        terms.add(new Term("Jacobian share", jacobianShare, "2 eps c R(Jacobian)"));
        terms.add(new Term("deviation", deviation, "3 M sqrt((ln(2/delta) + grid)/(2n))"));
        terms.addAll(loss.terms());
        terms.addAll(jacobian.terms());
        addFacts(terms, moved, grid, inputNorm, range, largest);
        addSecondOrder(terms, moved, relu);
        return new GeneralizationBound(
                "gap of the Jacobian-regularized risk, " + (isL2() ? "l2" : "l_inf"),
                "expected minus mean surrogate loss",
                RoundUp.sum(lossShare, jacobianShare, deviation),
                range,
                "2 R(loss) + 2 eps c R(Jacobian) + 3 M sqrt((ln(2/delta) + grid)/(2n))",
                terms,
                assumptions(facts, relu),
                options.delta,
                n,
                "derived here, in the shape of Wu and Li (2024)");
    }

    /**
     * Bounds the gap of a network known by its norms alone; see {@link #bound(NetworkFacts, double, long)}.
     *
     * @param norms the norms
     * @param inputNorm B, positive and finite
     * @param n the number of points of the sample, at least 2
     * @return the bound
     * @throws IllegalArgumentException as there
     */
    public GeneralizationBound bound(NetworkNorms norms, double inputNorm, long n) {
        return bound(NetworkFacts.of(norms), inputNorm, n);
    }

    private Complexity loss(NetworkNorms norms, double inputNorm, long n) {
        CoveringNumber cover = NetworkCovers.outputs(norms, inputNorm).lipschitz(ROOT_TWO);
        double closed = NetworkComplexities.loss(norms, inputNorm, ROOT_TWO, n).value();
        return Complexity.of("loss of the network", "R(loss)", cover, closed, n);
    }

    private Complexity jacobian(NetworkNorms norms, boolean relu, double inputNorm, long n) {
        CoveringNumber cover = relu
                ? NetworkCovers.jacobianOfRelu(norms, n, options.norm)
                : NetworkCovers.jacobian(norms, inputNorm, options.norm);
        double closed = relu
                ? Double.POSITIVE_INFINITY
                : NetworkComplexities.jacobian(norms, inputNorm, options.norm, n)
                        .value();
        return Complexity.of("norm of the Jacobian", "R(Jacobian)", cover, closed, n);
    }

    private double range(NetworkNorms norms, double outputs, double largest) {
        double classes = (double) norms.layers().get(norms.depth() - 1).outputs();
        return RoundUp.sum(
                RoundUp.log(classes),
                RoundUp.product(ROOT_TWO, outputs),
                RoundUp.product(options.epsilon, options.lossLipschitz, largest));
    }

    private void addFacts(
            List<Term> terms,
            NetworkNorms norms,
            UnionGrid.Norms grid,
            double inputNorm,
            double range,
            double largest) {
        terms.add(new Term("M", range, "range of the surrogate; ln K + sqrt(2) B S_L + eps c Q unless it was given"));
        terms.add(new Term("Q", largest, "largest norm of the Jacobian"));
        terms.add(new Term("S_L", norms.lipschitz(), "product of the operator norms, of the grid where there is one"));
        terms.add(new Term("P", (double) norms.parameters(), "number of free parameters"));
        terms.add(new Term("B", inputNorm, "bound of the inputs' l2 norm"));
        terms.add(new Term("eps", options.epsilon, "radius of the attack"));
        terms.add(new Term("c", options.lossLipschitz, "Lipschitz constant of the loss that goes with the norm"));
        terms.add(new Term("grid", grid.logWeight(), "sum of ln(1/weight) of the norms' places on the grid"));
    }

    private void addSecondOrder(List<Term> terms, NetworkNorms norms, boolean relu) {
        terms.add(new Term(
                "second order",
                relu ? Double.POSITIVE_INFINITY : secondOrder(norms),
                "(H/2) eps^2, times d for l_inf: true robust risk less first-order robust risk; infinite for ReLU"));
    }

    /** {@code H = S_L^2/2 + sqrt(2) beta S_L sum_{l<L} S_l} bounds the curvature of the loss in the input. */
    private double secondOrder(NetworkNorms norms) {
        double slope = norms.lipschitz();
        double curvature = RoundUp.sum(
                RoundUp.product(0.5, slope, slope),
                RoundUp.product(ROOT_TWO, NetworkComplexities.jacobianLipschitz(norms)));
        LayerNorms first = norms.layers().get(0);
        double inputs = isL2() ? 1 : (double) first.inputs();
        return RoundUp.product(0.5, curvature, options.epsilon, options.epsilon, inputs);
    }

    private boolean patterns(NetworkFacts facts) {
        boolean jumps = facts.norms().depth() > 1 && !(facts.norms().activationSmoothness() < Double.POSITIVE_INFINITY);
        boolean relu = options.relu || (facts.layersSeen() && jumps);
        if (relu) {
            facts.requireRelu("the Jacobian of the others jumps in ways that the count of patterns does not see");
        }
        return relu;
    }

    private List<Assumption> assumptions(NetworkFacts facts, boolean relu) {
        List<Assumption> all = new ArrayList<>(facts.assumptions());
        all.add(options.grid.assumption("bounds of the operator and Frobenius norms"));
        all.add(Assumption.assumed("every input of the distribution has ||x||_2 <= B, not only those of the sample"));
        all.add(Assumption.assumed(
                "the loss is softmax cross-entropy, or one with a Lipschitz constant of sqrt(2) in the"
                        + " l2 norm and c in the norm that goes with the attack, and ln K at zero logits"));
        if (options.lossRange < Double.POSITIVE_INFINITY) {
            all.add(Assumption.assumed("the surrogate never exceeds the given M"));
        }
        if (relu) {
            all.add(facts.relu());
        } else if (facts.norms().poolingLipschitz() != 1) {
            all.add(Assumption.assumed("poolings are linear and none has a Lipschitz constant above 1"));
        }
        return all;
    }

    private boolean isL2() {
        return options.norm == JacobianNorm.FROBENIUS;
    }

    @Override
    public String toString() {
        return "RobustGap(" + options + ")";
    }

    /**
     * The options, checked.
     *
     * @param norm the norm of the Jacobian
     * @param epsilon the radius
     * @param lossLipschitz c
     * @param lossRange M, or infinity for the one that is computed
     * @param relu whether activation patterns are counted
     * @param delta the probability of failure
     * @param grid the grid of the norms
     */
    private record Options(
            JacobianNorm norm,
            double epsilon,
            double lossLipschitz,
            double lossRange,
            boolean relu,
            double delta,
            UnionGrid grid) {

        Options {
            if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "attack radius epsilon: got " + epsilon + ", wanted a nonnegative finite number");
            }
            if (!(lossLipschitz > 0 && lossLipschitz < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "Lipschitz constant of the loss: got " + lossLipschitz + ", wanted a positive finite number");
            }
            Confidence.requireDelta(delta);
        }
    }

    /** Builds a {@link RobustGap}. Not safe for use by several threads at once. */
    public static final class Builder {

        private final JacobianNorm norm;
        private final double epsilon;
        private double lossLipschitz;
        private double lossRange = Double.POSITIVE_INFINITY;
        private boolean relu;
        private double delta = 0.05;
        private UnionGrid grid = UnionGrid.DEFAULT;

        private Builder(JacobianNorm norm, double epsilon, double lossLipschitz) {
            this.norm = norm;
            this.epsilon = epsilon;
            this.lossLipschitz = lossLipschitz;
        }

        /**
         * The constant c of the Jacobian's norm. Default {@code sqrt(2)} for l2 and 1 for l_inf, those of softmax
         * cross-entropy.
         *
         * @param constant positive and finite
         * @return this builder
         */
        public Builder lossLipschitz(double constant) {
            this.lossLipschitz = constant;
            return this;
        }

        /**
         * A bound M of the surrogate for every network and every point, in place of the one from the norms. A loss without
         * a bound has no such theorem.
         *
         * @param range M, positive and finite
         * @return this builder
         * @throws IllegalArgumentException if {@code range} is NaN, infinite or not positive
         */
        public Builder lossRange(double range) {
            if (!(range > 0 && range < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("range M of the loss: got " + range
                        + ", wanted a positive finite number; the theorem does not cover unbounded losses");
            }
            this.lossRange = range;
            return this;
        }

        /**
         * Counts activation patterns in place of smoothness, on the caller's word that all activations are ReLU or leaky
         * ReLU, element by element, without max pooling. Default off.
         *
         * @return this builder
         */
        public Builder relu() {
            this.relu = true;
            return this;
        }

        /**
         * The probability of failure. Default 0.05.
         *
         * @param delta between 0 and 1, both excluded
         * @return this builder
         */
        public Builder delta(double delta) {
            this.delta = delta;
            return this;
        }

        /**
         * The grid that pays for norms seen after training. Default {@link UnionGrid#DEFAULT}.
         *
         * @param grid the grid
         * @return this builder
         */
        public Builder grid(UnionGrid grid) {
            this.grid = grid;
            return this;
        }

        /**
         * Checks the options.
         *
         * @return the theorem, ready for networks
         * @throws IllegalArgumentException if an option is out of its range
         */
        public RobustGap build() {
            return new RobustGap(new Options(norm, epsilon, lossLipschitz, lossRange, relu, delta, grid));
        }
    }
}
