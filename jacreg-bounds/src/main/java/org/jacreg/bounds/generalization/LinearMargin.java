package org.jacreg.bounds.generalization;

import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rademacher.LinearClass;
import org.jacreg.bounds.rademacher.LpNorm;
import org.jacreg.bounds.rademacher.RademacherBound;
import org.jacreg.bounds.rademacher.RademacherBounds;
import org.jacreg.bounds.rademacher.Term;
import org.jacreg.bounds.rounding.RoundUp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The margin bound of a linear classifier {@code sign <w, x>}, standard or under an l_inf attack of radius eps, after Yin,
 * Ramchandran and Bartlett (2019) and Awasthi, Frank and Mohri (2020): with probability at least {@code 1 - delta}, for all w
 * and margins,
 *
 * <pre>{@code Pr[some x' within eps has y <w, x'> <= 0]
 *     <= mean ramp loss at gamma + (2/gamma) R~_S + 3 sqrt((ln(2/delta) + grid) / (2n))}</pre>
 *
 * <p>{@code R~_S} is the complexity of {@code y <w, x> - eps ||w||_1} over {@code ||w||_p <= W}, {@link
 * RademacherBounds#adversarialLinear}. The margins are exact: {@code y <w, x> - eps ||w||_1} is the smallest in the ball.
 * Immutable.
 */
public final class LinearMargin {

    private final LpNorm norm;
    private final double epsilon;
    private final double delta;
    private final UnionGrid grid;

    private LinearMargin(LpNorm norm, double epsilon, double delta, UnionGrid grid) {
        this.norm = norm;
        this.epsilon = epsilon;
        this.delta = delta;
        this.grid = grid;
    }

    /**
     * The bound for classes of weights of bounded norm, without attack, on the default grid.
     *
     * @param norm the norm of the weights: fixed in advance, as the union over the grid does not cover it
     * @param delta the probability of failure, between 0 and 1, both excluded
     * @return the theorem
     * @throws IllegalArgumentException if {@code delta} is out of its range
     */
    public static LinearMargin of(LpNorm norm, double delta) {
        Confidence.requireDelta(delta);
        return new LinearMargin(norm, 0, delta, UnionGrid.DEFAULT);
    }

    /**
     * The same with another grid of norms and margins.
     *
     * @param grid the grid
     * @return a new theorem
     */
    public LinearMargin grid(UnionGrid grid) {
        return new LinearMargin(norm, epsilon, delta, grid);
    }

    /**
     * The same under l_inf attacks.
     *
     * @param epsilon the radius, nonnegative and finite
     * @return a new theorem, of the robust error
     * @throws IllegalArgumentException if {@code epsilon} is NaN, infinite or negative
     */
    public LinearMargin linfAttack(double epsilon) {
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "attack radius epsilon: got " + epsilon + ", wanted a nonnegative finite number");
        }
        return new LinearMargin(norm, epsilon, delta, grid);
    }

    /**
     * Bounds the error at the best margin of the grid.
     *
     * @param weights w, d finite numbers, not all 0. Not modified.
     * @param x the sample, shape [n, d]. Not modified.
     * @param labels n numbers, each -1 or +1. Not modified.
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException as {@link #bound(double[], INDArray, double[], double)}, or if the grid is fixed in
     *     advance
     */
    public GeneralizationBound bound(double[] weights, INDArray x, double[] labels) {
        Margins margins = margins(weights, x, labels);
        Ball ball = ball(weights, x);
        return margins.best(grid, gamma -> bound(ball, margins, gamma));
    }

    /**
     * Bounds the error at a given margin, which the grid rounds down.
     *
     * <p>Terms: {@code empirical}, {@code complexity} and {@code deviation}, which add up to the value, {@code R_S}, {@code
     * W}, {@code gamma}, {@code eps}, {@code grid}, {@code uncut}.
     *
     * @param weights w, d finite numbers, not all 0; where the grid is fixed in advance, their norm stands for W. Not
     *     modified.
     * @param x the sample, shape [n, d]. Not modified.
     * @param labels n numbers, each -1 or +1. Not modified.
     * @param gamma the margin, positive and finite
     * @return the bound; its trivial value is 1
     * @throws IllegalArgumentException if an array has another size or a number that is not allowed, or {@code gamma} is NaN,
     *     infinite or not positive
     */
    public GeneralizationBound bound(double[] weights, INDArray x, double[] labels, double gamma) {
        Margins.requireMargin(gamma);
        return bound(ball(weights, x), margins(weights, x, labels), gamma);
    }

    /**
     * The class that the weights belong to.
     *
     * @param radius W
     * @param complexity the complexity of the class on the sample
     */
    private record Ball(UnionGrid.Point radius, RademacherBound complexity) {}

    private Ball ball(double[] weights, INDArray x) {
        double length = length(weights);
        if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "norm ||w||_" + norm.p() + " of the weights: got " + length + ", wanted a positive finite number");
        }
        UnionGrid.Point radius = grid.above(length);
        LinearClass linear = new LinearClass(norm, radius.value());
        return new Ball(radius, RademacherBounds.adversarialLinear(linear, x, epsilon));
    }

    private GeneralizationBound bound(Ball ball, Margins margins, double gamma) {
        UnionGrid.Point margin = grid.below(gamma);
        double complexity = RoundUp.quotient(ball.complexity.value(), margin.value());
        RampBound ramp = new RampBound(
                "linear margin bound" + (epsilon > 0 ? ", l_inf attack" : ""),
                epsilon > 0 ? "probability of robust error" : "probability of error",
                complexity,
                complexity,
                RoundUp.sum(ball.radius.logWeight(), margin.logWeight()),
                List.of(
                        new Term("R_S", ball.complexity.value(), ball.complexity.formula()),
                        new Term("W", ball.radius.value(), "bound of ||w||_" + norm.p() + ", of the grid if any"),
                        new Term("eps", epsilon, "radius of the l_inf attack")),
                List.of(
                        grid.assumption("bounds of the weights' norm, and margins"),
                        Assumption.assumed("the exponent of the norm was chosen before the sample was seen"),
                        Assumption.assumed("the sample is drawn independently from the distribution")),
                "Yin, Ramchandran and Bartlett (2019); Awasthi, Frank and Mohri (2020); " + ball.complexity.source());
        return ramp.at(margin.value(), margins, delta);
    }

    /** {@code y <w, x> - eps ||w||_1}. */
    private Margins margins(double[] weights, INDArray x, double[] labels) {
        if (x.rank() != 2 || x.size(1) != weights.length || x.size(0) != labels.length) {
            throw new IllegalArgumentException("sample: got shape " + Arrays.toString(x.shape())
                    + " with " + weights.length + " weights and " + labels.length
                    + " labels, wanted [labels, weights]; flatten each input to one row");
        }
        double penalty = 0;
        for (double w : weights) {
            penalty += epsilon * Math.abs(w);
        }
        double[] flat = x.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[] margins = new double[labels.length];
        for (int i = 0; i < margins.length; i++) {
            if (!(Math.abs(labels[i]) == 1)) {
                throw new IllegalArgumentException(
                        "labels[" + i + "]: got " + labels[i] + ", wanted -1 or +1; map labels 0 and 1 to 2 y - 1");
            }
            double sum = 0;
            for (int j = 0; j < weights.length; j++) {
                sum += weights[j] * flat[i * weights.length + j];
            }
            margins[i] = labels[i] * sum - penalty;
        }
        return Margins.of(margins);
    }

    private double length(double[] weights) {
        double largest = 0;
        for (double w : weights) {
            largest = Double.isNaN(w) ? Double.NaN : Math.max(largest, Math.abs(w));
        }
        if (!(largest > 0 && largest < Double.POSITIVE_INFINITY) || Double.isInfinite(norm.p())) {
            return largest;
        }
        double sum = 0;
        for (double w : weights) {
            sum = RoundUp.sum(sum, RoundUp.pow(RoundUp.quotient(Math.abs(w), largest), norm.p()));
        }
        return RoundUp.product(largest, RoundUp.pow(sum, Math.nextUp(1 / norm.p())));
    }

    @Override
    public String toString() {
        return "LinearMargin(l_" + norm.p() + ", delta " + delta + ", attack radius " + epsilon + ", " + grid + ")";
    }
}
