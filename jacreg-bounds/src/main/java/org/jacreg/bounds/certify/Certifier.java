package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jacreg.bounds.certify.NotCertified.Reason;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Proves that a classifier's decisions do not change within a radius.
 *
 * <pre>
 * Certifier certifier = Certifier.of(BoundGraph.of(sd)).norm(BallNorm.LINF).bounds(0, 1).build();
 * List&lt;Certificate> certificates = certifier.largestRadii(x, labels, 0.5);
 * </pre>
 *
 * <p>A sample is certified if for every other class j a lower bound of {@code z_label - z_j} over the part of the ball that lies in the
 * input box is positive; a bound of zero, a tie, is no proof. Bounds hold for the network in real arithmetic and as its owner evaluates
 * it, see {@link Arithmetic}. They are about the graph's own inputs: a normalisation outside of the graph changes the radius's unit.
 *
 * <p>Samples are computed in groups, and groups share the matrix products. Arrays are not modified. Safe for use by several threads.
 */
public final class Certifier {

    /** Steps of bisection unless told otherwise: the radius is found to 2^-15 of the largest. */
    public static final int DEFAULT_STEPS = 15;

    private static final int GROUP = 64;

    private final BoundGraph graph;
    private final BoundMethod method;
    private final BallNorm norm;
    private final InputBox box;
    private final Arithmetic arithmetic;

    private Certifier(Builder builder) {
        this.graph = builder.graph;
        this.method = builder.method;
        this.norm = builder.norm;
        this.box = builder.box;
        this.arithmetic = builder.arithmetic;
    }

    /**
     * Starts a certifier.
     *
     * @param graph the network
     * @return a builder: {@link BoundMethod#CROWN}, {@link BallNorm#LINF}, no input box, the graph's own arithmetic
     * @throws IllegalArgumentException if the network has fewer than two classes
     */
    public static Builder of(BoundGraph graph) {
        return new Builder(graph);
    }

    /**
     * Whether one sample's decision is stable.
     *
     * @param x the sample
     * @param label its class
     * @param radius the radius, nonnegative
     * @return the proof, or why there is none
     * @throws IllegalArgumentException if the sample has another size, holds NaN or lies outside of the input box, or label or radius
     *     are none
     */
    public Certificate certify(double[] x, int label, double radius) {
        return certify(new double[][] {x}, new int[] {label}, radius).get(0);
    }

    /**
     * Whether decisions are stable within a radius.
     *
     * @param x the samples, one a row
     * @param labels their classes
     * @param radius the radius, nonnegative
     * @return for every sample a proof, or why there is none
     * @throws IllegalArgumentException if a sample has another size, holds NaN or lies outside of the input box, or a label or the radius
     *     is none
     */
    public List<Certificate> certify(double[][] x, int[] labels, double radius) {
        check(x, labels, radius);
        List<Certificate> result = new ArrayList<>();
        for (int from = 0; from < x.length; from += GROUP) {
            Group group = group(x, labels, from);
            double[] radii = new double[group.size()];
            Arrays.fill(radii, radius);
            double[] margins = group.smallestMargins(radii);
            for (int n = 0; n < margins.length; n++) {
                result.add(
                        margins[n] > 0
                                ? proof(radius, group.label(n), margins[n])
                                : refusal(group, n, radius, margins[n]));
            }
        }
        return result;
    }

    /**
     * As {@link #certify(double[][], int[], double)} for an array.
     *
     * @param x {@code [N, *inputShape]} of any numeric type
     * @param labels their classes
     * @param radius the radius, nonnegative
     * @return for every sample a proof, or why there is none
     * @throws IllegalArgumentException as above
     */
    public List<Certificate> certify(INDArray x, int[] labels, double radius) {
        return certify(SampleRows.of(x), labels, radius);
    }

    /**
     * The largest radii that bisection can prove, with {@value #DEFAULT_STEPS} steps.
     *
     * @param x the samples, one a row
     * @param labels their classes
     * @param largest no radius above this one is tried, positive
     * @return for every sample a proof, of radius 0 at least, or why there is not even that
     * @throws IllegalArgumentException as for {@link #certify(double[][], int[], double)}
     */
    public List<Certificate> largestRadii(double[][] x, int[] labels, double largest) {
        return largestRadii(x, labels, largest, DEFAULT_STEPS);
    }

    /**
     * The largest radii that bisection can prove.
     *
     * @param x the samples, one a row
     * @param labels their classes
     * @param largest no radius above this one is tried, positive
     * @param steps halvings of the interval, at least 1
     * @return for every sample a proof, of radius 0 at least, or why there is not even that. Every radius is proved itself, so that none
     *     rests on bounds growing with the radius
     * @throws IllegalArgumentException as for {@link #certify(double[][], int[], double)}
     */
    public List<Certificate> largestRadii(double[][] x, int[] labels, double largest, int steps) {
        check(x, labels, largest);
        if (!(largest > 0) || steps < 1) {
            throw new IllegalArgumentException("bisection: got a largest radius of " + largest + " and " + steps
                    + " steps, wanted a positive radius and at least one step");
        }
        List<Certificate> result = new ArrayList<>();
        for (int from = 0; from < x.length; from += GROUP) {
            Group group = group(x, labels, from);
            Bisection bisection = new Bisection(group, largest);
            bisection.run(steps);
            for (int n = 0; n < group.size(); n++) {
                double margin = bisection.margin(n);
                result.add(
                        margin > 0 ? proof(bisection.radius(n), group.label(n), margin) : refusal(group, n, 0, margin));
            }
        }
        return result;
    }

    /**
     * Lower bounds over the ball of the margins to every class.
     *
     * @param x the samples, one a row
     * @param labels their classes
     * @param radius the radius, nonnegative
     * @return {@code [N, C]}: bounds of {@code z_label - z_j}, 0 for {@code j = label}, negative infinity where numbers overflow; fresh
     *     arrays
     * @throws IllegalArgumentException as for {@link #certify(double[][], int[], double)}
     */
    public double[][] margins(double[][] x, int[] labels, double radius) {
        check(x, labels, radius);
        double[][] result = new double[x.length][];
        for (int from = 0; from < x.length; from += GROUP) {
            Group group = group(x, labels, from);
            double[] radii = new double[group.size()];
            Arrays.fill(radii, radius);
            double[][] margins = group.margins(radii);
            System.arraycopy(margins, 0, result, from, margins.length);
        }
        return result;
    }

    /**
     * Upper bounds of the cross-entropy's largest value over the ball, {@code ln(1 + sum_{j != label} exp(-m_j))} with m_j the bounds of
     * {@link #margins}.
     *
     * @param x the samples, one a row
     * @param labels their classes
     * @param radius the radius, nonnegative
     * @return one bound for every sample, infinite where numbers overflow
     * @throws IllegalArgumentException as for {@link #certify(double[][], int[], double)}
     */
    public double[] robustLossBounds(double[][] x, int[] labels, double radius) {
        double[][] margins = margins(x, labels, radius);
        double[] result = new double[x.length];
        for (int n = 0; n < result.length; n++) {
            double largest = 0;
            for (double margin : margins[n]) {
                largest = Math.max(largest, -margin);
            }
            double sum = 0;
            for (double margin : margins[n]) {
                // the own class's margin is 0 and gives the 1
                sum += Math.exp(-margin - largest);
            }
            double bound = largest + Math.log(sum);
            result[n] = Double.isInfinite(largest) ? largest : bound + 0x1p-40 * (1 + Math.abs(bound));
        }
        return result;
    }

    private Certified proof(double radius, int label, double margin) {
        return new Certified(radius, norm, label, margin, method, arithmetic);
    }

    private NotCertified refusal(Group group, int n, double radius, double margin) {
        if (group.overflowed(n)) {
            return new NotCertified(
                    Reason.OVERFLOW,
                    "within radius " + radius + " numbers may become too large for " + arithmetic
                            + ", or a divisor 0, or the argument of a root or a logarithm negative");
        }
        double nominal = group.nominalMargin(n);
        double provable = radius == 0 ? margin : group.smallestMarginAtCentre(n);
        if (provable > 0) {
            return new NotCertified(
                    Reason.BOUND_TOO_LOOSE,
                    String.format(
                            Locale.ROOT,
                            "within radius %s the margin is only known to be at least %.6g",
                            radius,
                            margin));
        }
        // at the input itself the bound is off by rounding alone
        boolean wrong = nominal < 0 && -nominal > nominal - provable;
        return wrong
                ? new NotCertified(
                        Reason.MISCLASSIFIED,
                        String.format(Locale.ROOT, "another class leads class %d by %.6g", group.label(n), -nominal))
                : new NotCertified(
                        Reason.TIE,
                        String.format(Locale.ROOT, "the margin of %.6g is not above rounding errors", nominal));
    }

    private Group group(double[][] x, int[] labels, int from) {
        int to = Math.min(x.length, from + GROUP);
        return new Group(
                graph,
                Arrays.copyOfRange(x, from, to),
                Arrays.copyOfRange(labels, from, to),
                (samples, radii) -> new Pass(graph, new Region(samples, radii, norm, box), method, arithmetic));
    }

    private void check(double[][] x, int[] labels, double radius) {
        if (x.length == 0 || labels.length != x.length) {
            throw new IllegalArgumentException("got " + x.length + " samples and " + labels.length
                    + " labels, wanted equally many and at least one");
        }
        if (!(radius >= 0 && radius < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("radius: got " + radius + ", wanted a nonnegative finite number");
        }
        for (int n = 0; n < x.length; n++) {
            if (labels[n] < 0 || labels[n] >= graph.classes()) {
                throw new IllegalArgumentException("label " + labels[n] + " of sample " + n
                        + " is no class; wanted 0 to " + (graph.classes() - 1));
            }
            if (x[n].length != graph.inputs()) {
                throw new IllegalArgumentException("sample " + n + ": got " + x[n].length + " numbers, wanted "
                        + graph.inputs() + ", the size of the network's input");
            }
            for (int i = 0; i < x[n].length; i++) {
                if (!(Math.abs(x[n][i]) < Double.POSITIVE_INFINITY) || !box.contains(x[n][i])) {
                    throw new IllegalArgumentException("sample " + n + ": got " + x[n][i] + " at index " + i
                            + ", wanted finite numbers in [" + box.lower() + ", " + box.upper()
                            + "]; clip the sample or give other bounds(...)");
                }
            }
        }
    }

    @Override
    public String toString() {
        return "Certifier[method=" + method + ", norm=" + norm + ", box=" + box + ", arithmetic=" + arithmetic + "]";
    }

    /**
     * The network.
     *
     * @return what is certified
     */
    public BoundGraph graph() {
        return graph;
    }

    /**
     * The configuration.
     *
     * @return the options
     */
    public Options options() {
        return new Options(method, norm, box, arithmetic);
    }

    /**
     * How a certifier works.
     *
     * @param method how values are bounded
     * @param norm the norm of the ball
     * @param box the meaningful inputs
     * @param arithmetic how the network is evaluated
     */
    public record Options(BoundMethod method, BallNorm norm, InputBox box, Arithmetic arithmetic) {}

    /** Options of a certifier. */
    public static final class Builder {

        private final BoundGraph graph;
        private BoundMethod method = BoundMethod.CROWN;
        private BallNorm norm = BallNorm.LINF;
        private InputBox box = InputBox.unbounded();
        private Arithmetic arithmetic;

        private Builder(BoundGraph graph) {
            if (graph.classes() < 2) {
                throw new IllegalArgumentException("a network with " + graph.classes()
                        + " class decides nothing that could be certified; wanted at least 2");
            }
            this.graph = graph;
            this.arithmetic = graph.arithmetic();
        }

        /**
         * Sets how values are bounded.
         *
         * @param method {@link BoundMethod#CROWN} unless set
         * @return this
         */
        public Builder method(BoundMethod method) {
            this.method = method;
            return this;
        }

        /**
         * Sets the norm of the ball.
         *
         * @param norm {@link BallNorm#LINF} unless set
         * @return this
         */
        public Builder norm(BallNorm norm) {
            this.norm = norm;
            return this;
        }

        /**
         * Sets the box of meaningful inputs; points outside of it are not looked at.
         *
         * @param lower the least value of a coordinate
         * @param upper the greatest value of a coordinate
         * @return this
         * @throws IllegalArgumentException if a bound is NaN or {@code lower >= upper}
         */
        public Builder bounds(double lower, double upper) {
            this.box = new InputBox(lower, upper);
            return this;
        }

        /**
         * Sets how the network is evaluated.
         *
         * @param arithmetic the arithmetic of the graph's type unless set
         * @return this
         */
        public Builder arithmetic(Arithmetic arithmetic) {
            this.arithmetic = arithmetic;
            return this;
        }

        /**
         * Finishes.
         *
         * @return the certifier
         */
        public Certifier build() {
            return new Certifier(this);
        }
    }
}
