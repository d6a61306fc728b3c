package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.network.Affine;
import org.jacreg.classifier.InputBox;

/**
 * Intervals that hold the entries of a Jacobian everywhere in the part of a ball that lies in the input box, and Lipschitz constants that
 * follow from them there.
 *
 * <p>Given bounds of every activation's argument, from intervals or lines, the derivative of each unit lies in an interval: {0}, {1} or
 * [0, 1] for a rectifier. The product of the layers is then carried from the logits to the input in interval arithmetic, each product of
 * an interval with another taken exactly, which for two layers are the bounds of Fast-Lip and for more layers its recursion; {@link
 * JacobianMethod} says how it is done better. At kinks the
 * intervals hold all slopes in between, so that {@code |f(x) - f(y)| <= sum_i M_i |x_i - y_i|}, M the entries' largest absolute values, for
 * all x and y in the region.
 *
 * <p>Everything is rounded outward. If numbers overflow in the region, all bounds are infinite.
 *
 * <p>Source: Weng et al. (2018), "Towards fast computation of certified robustness for ReLU networks", arXiv 1804.09699; Zhang, Zhang,
 * Hsieh (2019), "RecurJac", arXiv 1810.11783, for other activations.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class JacobianBounds {

    private final BallNorm norm;
    private final int inputs;
    private final double[] lower;
    private final double[] upper;
    private final double[] evaluationError;

    /** Takes the arrays over. */
    JacobianBounds(BallNorm norm, int inputs, double[] lower, double[] upper, double[] evaluationError) {
        this.norm = norm;
        this.inputs = inputs;
        this.lower = lower;
        this.upper = upper;
        this.evaluationError = evaluationError;
    }

    /**
     * Bounds the Jacobian of functionals of the logits, over balls of several radii around one sample, by {@link
     * JacobianMethod#FAST_LIP}.
     *
     * @param graph the network
     * @param method how the arguments of activations are bounded
     * @param region the norm of the balls
     * @param box the input box
     * @param arithmetic the arithmetic that {@link #evaluationError} speaks of
     * @param x the sample; not modified
     * @param radii the radii, nonnegative; not modified
     * @param functionals one row of {@code classes} coefficients for every row of the Jacobian; not modified
     * @return the bounds for every radius
     * @throws IllegalArgumentException if sizes do not fit, the sample is not finite or outside of the box, or a radius is negative
     */
    public static List<JacobianBounds> of(
            BoundGraph graph,
            BoundMethod method,
            BallNorm region,
            InputBox box,
            Arithmetic arithmetic,
            double[] x,
            double[] radii,
            double[][] functionals) {
        return of(graph, method, JacobianMethod.FAST_LIP, region, box, arithmetic, x, radii, functionals);
    }

    /**
     * Bounds the Jacobian of functionals of the logits, over balls of several radii around one sample.
     *
     * @param graph the network
     * @param method how the arguments of activations are bounded
     * @param jacobian how the product of the layers is bounded
     * @param region the norm of the balls
     * @param box the input box
     * @param arithmetic the arithmetic that {@link #evaluationError} speaks of
     * @param x the sample; not modified
     * @param radii the radii, nonnegative; not modified
     * @param functionals one row of {@code classes} coefficients for every row of the Jacobian; not modified
     * @return the bounds for every radius
     * @throws IllegalArgumentException if sizes do not fit, the sample is not finite or outside of the box, or a radius is negative
     */
    public static List<JacobianBounds> of(
            BoundGraph graph,
            BoundMethod method,
            JacobianMethod jacobian,
            BallNorm region,
            InputBox box,
            Arithmetic arithmetic,
            double[] x,
            double[] radii,
            double[][] functionals) {
        check(graph, box, x, radii, functionals);
        double[][] samples = new double[radii.length][];
        Arrays.fill(samples, x);
        Pass pass = new Pass(graph, new Region(samples, radii, region, box), method, arithmetic);
        return List.of(JacobianPass.run(graph, pass, jacobian, region, functionals));
    }

    private static void check(BoundGraph graph, InputBox box, double[] x, double[] radii, double[][] functionals) {
        if (x.length != graph.inputs() || radii.length == 0 || functionals.length == 0) {
            throw new IllegalArgumentException(
                    "Jacobian bounds: got a sample of " + x.length + " numbers, " + radii.length
                            + " radii and " + functionals.length + " functionals, wanted " + graph.inputs()
                            + " numbers and at least one of both");
        }
        for (double v : x) {
            if (!(Math.abs(v) < Double.POSITIVE_INFINITY) || !box.contains(v)) {
                throw new IllegalArgumentException(
                        "Jacobian bounds: the sample holds " + v + ", wanted finite numbers in " + box);
            }
        }
        for (double r : radii) {
            if (!(r >= 0 && r < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "Jacobian bounds: got radius " + r + ", wanted a nonnegative finite number");
            }
        }
        for (double[] row : functionals) {
            if (row.length != graph.classes()) {
                throw new IllegalArgumentException("Jacobian bounds: got a functional of " + row.length
                        + " coefficients, wanted " + graph.classes() + ", one for every class");
            }
        }
    }

    /**
     * The number of functionals.
     *
     * @return the rows of the Jacobian
     */
    public int rows() {
        return evaluationError.length;
    }

    /**
     * Lower bounds of one row.
     *
     * @param row the functional
     * @return one bound for every input, a fresh array
     */
    public double[] lower(int row) {
        return Arrays.copyOfRange(lower, row * inputs, (row + 1) * inputs);
    }

    /**
     * Upper bounds of one row.
     *
     * @param row the functional
     * @return one bound for every input, a fresh array
     */
    public double[] upper(int row) {
        return Arrays.copyOfRange(upper, row * inputs, (row + 1) * inputs);
    }

    /**
     * Bounds {@code M} of one row's absolute values.
     *
     * @param row the functional
     * @return one bound for every input, a fresh array
     */
    public double[] magnitudes(int row) {
        double[] result = new double[inputs];
        for (int i = 0; i < inputs; i++) {
            result[i] = Math.max(-lower[row * inputs + i], upper[row * inputs + i]);
        }
        return result;
    }

    /**
     * The Lipschitz constant of one functional with respect to the norm of the ball: {@code M}'s dual norm.
     *
     * @param row the functional
     * @return an upper bound
     */
    public double lipschitz(int row) {
        double[] m = magnitudes(row);
        double result = 0;
        for (double v : m) {
            result = switch (norm) {
                case L1 -> Math.max(result, v);
                case L2 -> result + v * v;
                case LINF -> result + v;
            };
        }
        return Rounding.up(norm == BallNorm.L2 ? Math.sqrt(result) : result) + Rounding.TINY;
    }

    /**
     * The sum of all entries, {@code sup ||J||_{1,1}} or more.
     *
     * @return an upper bound
     */
    public double entrywiseL1() {
        double sum = 0;
        for (int row = 0; row < rows(); row++) {
            sum += Arrays.stream(magnitudes(row)).sum();
        }
        return Rounding.up(sum) + Rounding.TINY;
    }

    /**
     * {@code sup ||J||_F} or more.
     *
     * @return an upper bound
     */
    public double frobenius() {
        double sum = 0;
        for (int row = 0; row < rows(); row++) {
            sum += Arrays.stream(magnitudes(row)).map(v -> v * v).sum();
        }
        return Rounding.up(Math.sqrt(sum)) + Rounding.TINY;
    }

    /**
     * The Lipschitz constant of all functionals together, distances and outputs measured in the same norm: largest column sum for l1, largest
     * row sum for l_inf, operator norm of M for l2.
     *
     * @param both the norm
     * @return an upper bound
     */
    public double lipschitz(BallNorm both) {
        double[] columns = new double[inputs];
        double largestRow = 0;
        double[][] m = new double[rows()][];
        for (int row = 0; row < m.length; row++) {
            m[row] = magnitudes(row);
            double sum = 0;
            for (int i = 0; i < inputs; i++) {
                columns[i] += m[row][i];
                sum += m[row][i];
            }
            largestRow = Math.max(largestRow, sum);
        }
        double largestColumn = Arrays.stream(columns).max().orElseThrow();
        double l1 = Rounding.up(largestColumn) + Rounding.TINY;
        double linf = Rounding.up(largestRow) + Rounding.TINY;
        return switch (both) {
            case L1 -> l1;
            case LINF -> linf;
            case L2 ->
                linf < Double.POSITIVE_INFINITY
                        ? Math.min(frobenius(), new Affine("M", m, new double[m.length]).operatorNorm())
                        : linf;
        };
    }

    /**
     * How far a functional may be, anywhere in the region, from its value in real arithmetic when the network is evaluated in floating
     * point.
     *
     * @param row the functional
     * @return an upper bound
     */
    public double evaluationError(int row) {
        return evaluationError[row];
    }
}
