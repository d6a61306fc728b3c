package org.jacreg.bounds.certify.lipschitz;

import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.JacobianBounds;
import org.jacreg.bounds.certify.JacobianMethod;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.bounds.rounding.RoundUp;
import org.jacreg.classifier.InputBox;
import org.jspecify.annotations.Nullable;

/**
 * Radii and robust losses from Lipschitz constants that hold within balls around a sample.
 *
 * <p>With {@code G_j(r)} the constant of {@code z_c - z_j} over the ball of radius r, from {@link JacobianBounds}, and {@code 0 = r_0 <
 * ... < r_m} a grid,
 *
 * <pre>{@code
 * z_c(x') - z_j(x') >= z_c(x) - z_j(x) - sum_{k <= K} (r_k - r_{k-1}) G_j(r_k)        for all x' within r_K
 * }</pre>
 *
 * <p>because the segment from x to x' crosses ring k, which lies in the ball of radius r_k, on a piece no longer than its width. The largest radius
 * at which all right-hand sides are positive is found on a grid of {@value #INTERVALS} rings, which is then laid anew around the radius
 * found. Nothing rests on G growing with r: each ring's constant is proved for its whole ball.
 *
 * <p>In floating point, what the logits may err anywhere in the ball is taken off as well, by the model of {@link Arithmetic}.
 *
 * <p>Source: the budget over a grid of Zhang, Zhang, Hsieh (2019), "RecurJac", arXiv 1810.11783; the surrogates with the supremum over the
 * ball are the global version of the Jacobian-regularised loss of Wu, Li (2024), arXiv 2412.12449, in our derivation.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class LocalLipschitzCertifier {

    private static final int INTERVALS = 15;
    private static final int ROUNDS = 4;

    /** How much further the next grid reaches than the radius found on the last one. */
    private static final double REACH = 1.25;

    /** Above what two readings of one network differ by in float64. */
    private static final double SAME_NETWORK = 1e-9;

    private static final double INSIDE = 1 - 0x1p-30;

    private final BoundGraph graph;
    private final BallNorm norm;
    private final InputBox box;
    private final BoundMethod method;
    private final JacobianMethod jacobian;
    private final Arithmetic arithmetic;

    /** Constants on the whole space, or null. */
    private final @Nullable LipschitzCertifier global;

    private LocalLipschitzCertifier(
            BoundGraph graph,
            BallNorm norm,
            InputBox box,
            BoundMethod method,
            JacobianMethod jacobian,
            Arithmetic arithmetic,
            @Nullable LipschitzCertifier global) {
        this.graph = graph;
        this.norm = norm;
        this.box = box;
        this.method = method;
        this.jacobian = jacobian;
        this.arithmetic = arithmetic;
        this.global = global;
    }

    /**
     * Makes a certifier with Jacobians by {@link JacobianMethod#FAST_LIP}.
     *
     * @param graph the network
     * @param norm what perturbations are measured in
     * @param box the inputs that are meaningful; points outside of it are not looked at
     * @param method how the arguments of activations are bounded
     * @param arithmetic how the network is evaluated
     * @return the certifier
     * @throws IllegalArgumentException if the network has fewer than two classes
     */
    public static LocalLipschitzCertifier of(
            BoundGraph graph, BallNorm norm, InputBox box, BoundMethod method, Arithmetic arithmetic) {
        return of(graph, norm, box, method, JacobianMethod.FAST_LIP, arithmetic);
    }

    /**
     * Makes a certifier.
     *
     * @param graph the network
     * @param norm what perturbations are measured in
     * @param box the inputs that are meaningful; points outside of it are not looked at
     * @param method how the arguments of activations are bounded
     * @param jacobian how Jacobians are bounded then
     * @param arithmetic how the network is evaluated
     * @return the certifier
     * @throws IllegalArgumentException if the network has fewer than two classes
     */
    public static LocalLipschitzCertifier of(
            BoundGraph graph,
            BallNorm norm,
            InputBox box,
            BoundMethod method,
            JacobianMethod jacobian,
            Arithmetic arithmetic) {
        if (graph.classes() < 2) {
            throw new IllegalArgumentException("local Lipschitz certificate: got a network of " + graph.classes()
                    + " class, which has no margin; wanted at least 2");
        }
        return new LocalLipschitzCertifier(graph, norm, box, method, jacobian, arithmetic, null);
    }

    /**
     * This certifier with no constant above the global one, and no radius below that of the global constants.
     *
     * @param constants of the same network, for the same norm and arithmetic
     * @return a new certifier
     * @throws IllegalArgumentException if norms, arithmetics or sizes differ
     */
    public LocalLipschitzCertifier cutBy(LipschitzCertifier constants) {
        boolean fits = constants.constants().norm() == norm
                && constants.arithmetic() == arithmetic
                && constants.network().inputs() == graph.inputs()
                && constants.network().classes() == graph.classes();
        if (!fits) {
            throw new IllegalArgumentException(
                    this + ": got " + constants + " to cut constants with; wanted the same norm, arithmetic and sizes");
        }
        return new LocalLipschitzCertifier(graph, norm, box, method, jacobian, arithmetic, constants);
    }

    /**
     * The largest radius that the local constants prove.
     *
     * @param x the sample, flattened; not modified
     * @param label the class that is to win
     * @param largest no radius above this one is tried, positive
     * @return a proof, of radius 0 at least, or why there is not even that
     * @throws IllegalArgumentException if {@code x} has another length, is not finite or leaves the box, there is no such class, the
     *     largest radius is not positive, or the constants of {@link #cutBy} belong to another network
     */
    public Certificate certify(double[] x, int label, double largest) {
        if (!(largest > 0 && largest < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("largest radius: got " + largest + ", wanted a positive finite number");
        }
        Certificate best = certifier(arithmetic).certify(x, label, 0);
        if (!best.certified()) {
            return best;
        }
        best = better(best, x, label, largest);
        double[] margins = differences(marginsAt(x, label), label);
        double top = largest;
        for (int round = 0; round < ROUNDS; round++) {
            Certificate found = walk(x, label, margins, grid(top), best);
            if (found.radius() > best.radius()) {
                best = found;
            }
            double next = best.radius() > 0 ? Math.min(largest, REACH * best.radius()) : top / INTERVALS;
            if (next >= top) {
                break;
            }
            top = next;
        }
        return best;
    }

    /**
     * Bounds the cross-entropy over a ball.
     *
     * @param x the sample, flattened; not modified
     * @param label its class; it need not win
     * @param radius the radius, nonnegative
     * @return the bounds, infinite if numbers overflow in the ball
     * @throws IllegalArgumentException if {@code x} has another length, is not finite or leaves the box, there is no such class, or the
     *     radius is negative
     */
    public RobustLossBound robustLoss(double[] x, int label, double radius) {
        double[] margins = differences(marginsAt(x, label), label);
        double[] radii = radius > 0 ? grid(radius) : new double[] {radius};
        List<JacobianBounds> rings = bounds(x, radii, functionals(label));
        double[] lost = new double[margins.length];
        for (int k = 0; k < radii.length; k++) {
            spend(lost, rings.get(k), caps(label), k == 0 ? radii[0] : Math.nextUp(radii[k] - radii[k - 1]));
        }
        JacobianBounds ball = rings.get(rings.size() - 1);
        double[] left = new double[margins.length];
        for (int j = 0; j < left.length; j++) {
            left[j] = Math.nextDown(Math.nextDown(margins[j] - lost[j]) - ball.evaluationError(j));
        }
        return new RobustLossBound(crossEntropy(left), surrogate(x, radius, crossEntropy(margins)));
    }

    /** What the global constants prove, if that is more. */
    private Certificate better(Certificate best, double[] x, int label, double largest) {
        if (global == null) {
            return best;
        }
        double[] own = graph.logits(x);
        double[] others = global.network().logits(x);
        for (int c = 0; c < own.length; c++) {
            if (!(Math.abs(own[c] - others[c]) <= SAME_NETWORK * (1 + Math.abs(own[c])))) {
                throw new IllegalArgumentException("constants to cut with: their network gives logit " + others[c]
                        + " of class " + c + " where this one gives " + own[c] + "; wanted the same network");
            }
        }
        if (global.certify(x, label) instanceof Certified found && found.radius() > best.radius()) {
            double radius = Math.min(found.radius(), largest);
            return new Certified(radius, norm, label, found.margin(), found.method(), arithmetic);
        }
        return best;
    }

    /** The global constants of {@code z_label - z_j}, infinite without such. */
    private double[] caps(int label) {
        double[] caps = new double[graph.classes() - 1];
        Arrays.fill(caps, Double.POSITIVE_INFINITY);
        for (int r = 0; global != null && r < caps.length; r++) {
            caps[r] = global.constants().pair(label, r < label ? r : r + 1);
        }
        return caps;
    }

    private double surrogate(double[] x, double radius, double loss) {
        int classes = graph.classes();
        double[][] identity = new double[classes][classes];
        for (int c = 0; c < classes; c++) {
            identity[c][c] = 1;
        }
        JacobianBounds logits = bounds(x, new double[] {radius}, identity).get(0);
        double constant = switch (norm) {
            case L1 -> logits.lipschitz(BallNorm.L1);
            case L2 -> ComputedSums.aboveUnderflow(Math.sqrt(2) * logits.frobenius(), 1);
            case LINF -> logits.entrywiseL1();
        };
        double error = 0;
        for (int c = 0; c < classes; c++) {
            error = Math.max(error, logits.evaluationError(c));
        }
        // errors e of all logits change the loss by 2 max |e| at most
        return ComputedSums.aboveUnderflow(loss + RoundUp.product(radius, constant) + 2 * error, 3);
    }

    /** {@code ln(1 + sum exp(-m))}, rounded up. */
    private static double crossEntropy(double[] margins) {
        double largest = 0;
        for (double m : margins) {
            largest = Math.max(largest, -m);
        }
        if (!(largest < Double.POSITIVE_INFINITY)) {
            return Double.POSITIVE_INFINITY;
        }
        double sum = Math.exp(-largest);
        for (double m : margins) {
            sum += Math.exp(-m - largest);
        }
        double value = largest + Math.log(sum);
        return value + 0x1p-40 * (1 + Math.abs(value));
    }

    private Certifier certifier(Arithmetic type) {
        return Certifier.of(graph)
                .norm(norm)
                .bounds(box.lower(), box.upper())
                .method(method)
                .arithmetic(type)
                .build();
    }

    private double[] marginsAt(double[] x, int label) {
        return certifier(Arithmetic.REAL).margins(new double[][] {x}, new int[] {label}, 0)[0];
    }

    /** Without the label's own entry. */
    private static double[] differences(double[] margins, int label) {
        double[] result = new double[margins.length - 1];
        for (int r = 0; r < result.length; r++) {
            result[r] = margins[r < label ? r : r + 1];
        }
        return result;
    }

    /** {@code e_label - e_j} for every other class. */
    private double[][] functionals(int label) {
        double[][] rows = new double[graph.classes() - 1][graph.classes()];
        for (int r = 0; r < rows.length; r++) {
            rows[r][label] = 1;
            rows[r][r < label ? r : r + 1] = -1;
        }
        return rows;
    }

    private List<JacobianBounds> bounds(double[] x, double[] radii, double[][] functionals) {
        return JacobianBounds.of(graph, method, jacobian, norm, box, arithmetic, x, radii, functionals);
    }

    private static double[] grid(double top) {
        double[] radii = new double[INTERVALS];
        Arrays.setAll(radii, k -> k == INTERVALS - 1 ? top : top * (k + 1) / INTERVALS);
        return radii;
    }

    private static void spend(double[] lost, JacobianBounds ring, double[] caps, double width) {
        for (int j = 0; j < lost.length; j++) {
            lost[j] = ComputedSums.aboveUnderflow(
                    lost[j] + RoundUp.product(width, Math.min(caps[j], ring.lipschitz(j))), 2);
        }
    }

    /** Goes out ring by ring as long as something is left of every margin; what was proved before, if nothing new is. */
    private Certificate walk(double[] x, int label, double[] margins, double[] radii, Certificate before) {
        List<JacobianBounds> rings = bounds(x, radii, functionals(label));
        double[] caps = caps(label);
        double[] lost = new double[margins.length];
        double inner = 0;
        Certificate best = before;
        for (int k = 0; k < radii.length; k++) {
            JacobianBounds ring = rings.get(k);
            double width = Math.nextUp(radii[k] - inner);
            double part = Math.min(width, affordable(margins, lost, ring, caps));
            double reached = part < width ? Math.nextDown(inner + part * INSIDE) : radii[k];
            double[] spent = lost.clone();
            spend(spent, ring, caps, part < width ? Math.max(0, Math.nextUp(reached - inner)) : width);
            double margin = left(margins, spent, ring);
            if (margin > 0 && reached > inner && reached >= best.radius()) {
                best = new Certified(reached, norm, label, margin, LipschitzMethod.LOCAL, arithmetic);
            }
            if (!(margin > 0) || part < width) {
                return best;
            }
            lost = spent;
            inner = radii[k];
        }
        return best;
    }

    private static double left(double[] margins, double[] lost, JacobianBounds ring) {
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < margins.length; j++) {
            double value = Math.nextDown(Math.nextDown(margins[j] - lost[j]) - ring.evaluationError(j));
            least = value < least || Double.isNaN(value) ? value : least;
        }
        return least;
    }

    /** How far into a ring the margins last. */
    private static double affordable(double[] margins, double[] lost, JacobianBounds ring, double[] caps) {
        double width = Double.POSITIVE_INFINITY;
        for (int j = 0; j < margins.length; j++) {
            double left = margins[j] - lost[j] - ring.evaluationError(j);
            width = Math.min(width, left > 0 ? left / Math.min(caps[j], ring.lipschitz(j)) : 0);
        }
        return width;
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
     * @return norm, box, how the arguments of activations are bounded, and the arithmetic
     */
    public Certifier.Options options() {
        return new Certifier.Options(method, norm, box, arithmetic);
    }

    @Override
    public String toString() {
        return "LocalLipschitzCertifier[" + method + ", " + jacobian + ", " + norm + ", " + box + ", " + arithmetic
                + "]";
    }
}
