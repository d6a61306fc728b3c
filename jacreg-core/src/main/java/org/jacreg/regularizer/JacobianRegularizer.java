package org.jacreg.regularizer;

import java.util.Arrays;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Adds a penalty on the Jacobian of the logits with respect to the input to the loss of a SameDiff graph.
 *
 * <pre>{@code
 * RegularizedGraph g = JacobianRegularizer.frobenius(sd).lambda(0.01).attach();
 * sd.fit(iterator, epochs);
 * g.detach();
 * }</pre>
 *
 * <p>With {@code J_n [C, D]} the Jacobian of sample {@code n}, the graph minimizes {@code loss + lambda * penalty} after
 * {@link #attach()}. {@link #frobenius} penalises {@code (1/N) sum_n ||J_n||_F^2}, without the factor 1/2 of Hoffman,
 * Roberts and Yaida (arXiv 1908.02729): their {@code lambda_JR} is twice our {@code lambda}. {@link #l11} penalises {@code
 * (1/N) sum_n ||J_n||_{1,1}}; with {@code lambda = epsilon} and cross-entropy the total is a first-order upper bound of the
 * loss under l_inf attack of radius epsilon (Wu and Li, arXiv 2412.12449; the constant is derived from the loss being
 * 1-Lipschitz in the l1 norm of the logits).
 *
 * <p>{@link #l21} penalises the column norm, {@link #spectral} the largest singular value, {@link #inputGradient} the gradient
 * of the loss by the input (double backpropagation, Drucker and LeCun 1992). {@link #attachAll} adds several penalties at
 * once: on several outputs, at several layers.
 *
 * <p>A regularizer is used once: its settings are read by {@link #attach()}.
 */
public final class JacobianRegularizer {

    private static final double DEFAULT_LAMBDA = 0.01;

    private enum Kind {
        FROBENIUS,
        L11,
        L21,
        SPECTRAL,
        INPUT_GRADIENT,
        MARGINWISE
    }

    private final SameDiff sd;
    private final Kind kind;
    private final double epsilon;
    private final boolean lInf;
    private double lambda = DEFAULT_LAMBDA;
    private @Nullable ISchedule schedule;
    private int projections;
    private int powerIterations;
    private boolean unsquared;
    private boolean l1;
    private boolean margins;
    private SampleWeights weights = SampleWeights.uniform();
    private @Nullable String name;
    private String @Nullable [] inputs;
    private @Nullable String logits;
    private @Nullable String label;
    private long @Nullable [] inputShape;
    private VjpRules rules = VjpRules.standard();

    private JacobianRegularizer(SameDiff sd, Kind kind, double epsilon, boolean lInf) {
        this.sd = sd;
        this.kind = kind;
        this.epsilon = epsilon;
        this.lInf = lInf;
    }

    /**
     * Penalises the mean squared Frobenius norm, {@code (1/N) sum_n ||J_n||_F^2}; see {@link #unsquared}.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer frobenius(SameDiff sd) {
        return new JacobianRegularizer(sd, Kind.FROBENIUS, 0, false);
    }

    /**
     * Penalises the mean entrywise l1 norm, {@code (1/N) sum_n sum_ci |J_nci|}. Where an entry is 0 its subgradient is 0.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer l11(SameDiff sd) {
        return new JacobianRegularizer(sd, Kind.L11, 0, false);
    }

    /**
     * Penalises the mean column norm, {@code (1/N) sum_n sum_i ||J_n:i||_2}: over input coordinates, of the l2 norm of the
     * column. {@code ||J||_{2,1} <= ||J||_{1,1} <= sqrt(C) ||J||_{2,1}}. Where a column is 0 its subgradient is 0. With {@link
     * #projections} it is estimated from Gaussian vectors.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer l21(SameDiff sd) {
        return new JacobianRegularizer(sd, Kind.L21, 0, false);
    }

    /**
     * Penalises the mean largest singular value, {@code (1/N) sum_n ||J_n||_op}. Exact where the smaller side of the Jacobian
     * is at most 64, by its Gram matrix; else a lower estimate by power iteration, see {@link #powerIterations}.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01
     */
    public static JacobianRegularizer spectral(SameDiff sd) {
        return new JacobianRegularizer(sd, Kind.SPECTRAL, 0, false);
    }

    /**
     * Penalises the gradient of every sample's loss by the input, {@code (1/N) sum_n ||grad_x l_n||_2^2} (double
     * backpropagation, Drucker and LeCun 1992; Ross and Doshi-Velez 2018, whose code weighs by {@code 1/N^2} and halves); see
     * {@link #unsquared} and {@link #l1}. The loss has to be a mean or a sum over the batch.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer inputGradient(SameDiff sd) {
        return new JacobianRegularizer(sd, Kind.INPUT_GRADIENT, 0, false);
    }

    /** For {@link SurrogateLoss}. */
    static JacobianRegularizer marginwise(SameDiff sd, double epsilon, boolean lInf) {
        return new JacobianRegularizer(sd, Kind.MARGINWISE, epsilon, lInf).lambda(1);
    }

    /**
     * Sets the weight of the penalty in the total loss.
     *
     * @param lambda finite and not negative; 0.01 by default. 0 keeps the penalty as a variable without effect on training
     * @return this
     * @throws IllegalArgumentException if lambda is negative, NaN or infinite
     */
    public JacobianRegularizer lambda(double lambda) {
        this.lambda = PenaltySchedule.checked(lambda);
        this.schedule = null;
        return this;
    }

    /**
     * Varies the weight of the penalty during {@code fit}: warm-up, decay and the like. The value for iteration and epoch 0 is
     * the first; {@code attach()} adds a listener to the graph that sets lambda before every iteration, {@code detach()} takes
     * it away. SameDiff does not save listeners: a loaded graph keeps the lambda of the last iteration.
     *
     * @param lambda one of ND4J's schedules, for example {@code RampSchedule} for a warm-up; its values finite and not negative
     * @return this
     */
    public JacobianRegularizer lambda(ISchedule lambda) {
        this.lambda = PenaltySchedule.checked(lambda.valueAt(0, 0));
        this.schedule = lambda;
        return this;
    }

    /**
     * Names the penalty, for {@link RegularizedGraph#terms()} and logs.
     *
     * @param name letters, digits, {@code _} and {@code -}; by default the kind, for example {@code frobenius}
     * @return this
     * @throws IllegalArgumentException if the name has other characters
     */
    public JacobianRegularizer name(String name) {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException(
                    "the name of a penalty has letters, digits, '_' and '-' only, but is '" + name + "'");
        }
        this.name = name;
        return this;
    }

    /**
     * Estimates the penalty by random projections instead of computing every row.
     *
     * <p>For {@link #frobenius}: {@code C/n sum_v ||J^T v||_2^2} over {@code n} directions uniform on the unit sphere of {@code
     * R^C}, drawn afresh at every step, is unbiased for {@code ||J||_F^2} (Hoffman, Roberts and Yaida, arXiv 1908.02729). With
     * {@code A = J J^T} its variance is {@code (2C/(C+2) tr(A^2) - 2/(C+2) tr(A)^2) / n}, which follows from the moments of a
     * uniform direction. For {@link #l21}: {@code sqrt(pi/2)/n sum_v ||J^T v||_1} over Gaussian vectors is unbiased for {@code
     * ||J||_{2,1}}. In batches of more than 1024 samples directions repeat from sample to sample. Draws come from ND4J's
     * generator: {@code Nd4j.getRandom().setSeed(...)} makes training reproducible.
     *
     * @param count {@code n}, at least 1; Hoffman et al. use 1
     * @return this
     * @throws IllegalArgumentException if count is less than 1, or the penalty is neither squared Frobenius nor l_{2,1}: random
     *     projections give no cheap unbiased estimate of the others
     */
    public JacobianRegularizer projections(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("projections must be at least 1, but is " + count);
        }
        if (kind != Kind.FROBENIUS && kind != Kind.L21) {
            throw new IllegalArgumentException(
                    "projections(" + count + ") is for frobenius(sd) and l21(sd) only: random"
                            + " projections give no cheap unbiased estimate of the " + describe());
        }
        this.projections = count;
        return this;
    }

    /**
     * Penalises the norm itself, not its square; for {@link #frobenius} and {@link #inputGradient}. At 0 the subgradient is 0.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not one of these
     */
    public JacobianRegularizer unsquared() {
        require(
                kind == Kind.FROBENIUS || kind == Kind.INPUT_GRADIENT,
                "unsquared()",
                "frobenius(sd) and inputGradient(sd)");
        this.unsquared = true;
        return this;
    }

    /**
     * Penalises the l1 norm of the input gradient: the dual of an l_inf attack.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not {@link #inputGradient}
     */
    public JacobianRegularizer l1() {
        require(kind == Kind.INPUT_GRADIENT, "l1()", "inputGradient(sd)");
        this.l1 = true;
        return this;
    }

    /**
     * Takes rows {@code J_j - J_y} relative to the true class y instead of {@code J_j}: the Jacobian of the margins, up to sign.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not {@link #frobenius}, {@link #l11} or {@link #l21}
     */
    public JacobianRegularizer marginRows() {
        require(
                kind == Kind.FROBENIUS || kind == Kind.L11 || kind == Kind.L21,
                "marginRows()",
                "frobenius, l11 and l21");
        this.margins = true;
        return this;
    }

    /**
     * Estimates {@link #spectral} by power iteration from a random direction drawn at every step: never above the norm.
     *
     * @param count at least 1; every iteration costs two sweeps
     * @return this
     * @throws IllegalArgumentException if count is less than 1, or the penalty is not {@link #spectral}
     */
    public JacobianRegularizer powerIterations(int count) {
        require(kind == Kind.SPECTRAL, "powerIterations(" + count + ")", "spectral(sd)");
        if (count < 1) {
            throw new IllegalArgumentException("powerIterations must be at least 1, but is " + count);
        }
        this.powerIterations = count;
        return this;
    }

    /**
     * Weighs samples.
     *
     * @param weights for example {@link SampleWeights#labelAware()}; uniform by default
     * @return this
     */
    public JacobianRegularizer weights(SampleWeights weights) {
        this.weights = weights;
        return this;
    }

    /**
     * Names the input with respect to which the Jacobian is taken; inferred from the loss op by default.
     *
     * @param names floating-point placeholders, or variables computed in the graph (the Jacobian at an inner layer). Of several
     *     inputs the Jacobians stand side by side: norms are those of {@code [J_1 J_2 ...]}
     * @return this
     */
    public JacobianRegularizer input(String... names) {
        this.inputs = names.clone();
        return this;
    }

    /**
     * Names the output whose Jacobian is taken; inferred from the loss op by default.
     *
     * @param name a variable of shape {@code [N, C]}, or {@code [N, ...]}, whose numbers are the rows then
     * @return this
     */
    public JacobianRegularizer logits(String name) {
        this.logits = name;
        return this;
    }

    /**
     * Names the label placeholder; inferred from the loss op by default.
     *
     * @param name a placeholder
     * @return this
     */
    public JacobianRegularizer label(String name) {
        this.label = name;
        return this;
    }

    /**
     * Gives the shape of one sample, where the placeholder does not declare it.
     *
     * @param shape without the batch axis; not modified
     * @return this
     */
    public JacobianRegularizer inputShape(long... shape) {
        this.inputShape = shape.clone();
        return this;
    }

    /**
     * Sets the derivative rules.
     *
     * @param rules the registry, {@link VjpRules#standard()} by default
     * @return this
     */
    public JacobianRegularizer rules(VjpRules rules) {
        this.rules = rules;
        return this;
    }

    /**
     * Adds the penalty to the graph and makes the total its loss.
     *
     * <p>The graph gains variables and ops under the prefix {@code jacreg/} and one loss variable instead of its own; its
     * gradient function is built anew. Weights, training configuration and everything else stay.
     *
     * @return the handle to the penalty, its value and its removal
     * @throws IllegalArgumentException if the graph has no loss, names or shapes are wrong or ambiguous, samples are coupled, or
     *     the settings contradict each other; the graph is as before
     * @throws IllegalStateException if the graph is decorated already; it stays as it is
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a derivative rule; the graph is as before
     */
    public RegularizedGraph attach() {
        return attachAll(this);
    }

    /**
     * Adds several penalties to one graph: on several outputs, at several layers, of several kinds.
     *
     * @param regularizers of the same graph, at least one; names are made unique by a number
     * @return the handle to all of them
     * @throws IllegalArgumentException as {@link #attach()} does, or if the graphs differ
     * @throws IllegalStateException as {@link #attach()} does
     * @throws org.jacreg.vjp.UnsupportedOpException as {@link #attach()} does
     */
    public static RegularizedGraph attachAll(JacobianRegularizer... regularizers) {
        if (regularizers.length == 0) {
            throw new IllegalArgumentException("attachAll() needs at least one regularizer");
        }
        return PenaltyAttachment.attach(Arrays.asList(regularizers));
    }

    /** The settings, checked against the graph; adds nothing. */
    PenaltyTerm term() {
        GraphModel model = model();
        JacobianGraph jacobian = JacobianGraph.of(model, rules, inputShape);
        return new PenaltyTerm(
                name == null ? defaultName() : name, jacobian, penalty(), weights, rules, lambda, schedule);
    }

    SameDiff graph() {
        return sd;
    }

    private String defaultName() {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private GraphModel model() {
        GraphModelBuilder builder = GraphModel.builder(sd).requireLoss();
        if (inputs != null) {
            builder.input(inputs);
        }
        if (logits != null) {
            builder.logits(logits);
        }
        if (label != null) {
            builder.label(label);
        }
        return builder.build();
    }

    private JacobianPenalty penalty() {
        if (projections > 0 && (unsquared || margins)) {
            throw new IllegalArgumentException("projections(" + projections + ") cannot be combined with "
                    + (unsquared ? "unsquared(): the root of an unbiased estimate is biased" : "marginRows()"));
        }
        return switch (kind) {
            case FROBENIUS ->
                projections > 0
                        ? new ProjectedPenalty(projections, false)
                        : new ExactPenalty(
                                unsquared ? ExactPenalty.Norm.FROBENIUS : ExactPenalty.Norm.FROBENIUS_SQUARED, margins);
            case L11 -> new ExactPenalty(ExactPenalty.Norm.L11, margins);
            case L21 ->
                projections > 0
                        ? new ProjectedPenalty(projections, true)
                        : new ExactPenalty(ExactPenalty.Norm.L21, margins);
            case SPECTRAL -> new SpectralPenalty(powerIterations);
            case INPUT_GRADIENT -> new InputGradientPenalty(gradientNorm(), rules);
            case MARGINWISE -> new MarginwisePenalty(epsilon, lInf);
        };
    }

    private InputGradientPenalty.Norm gradientNorm() {
        if (l1) {
            return InputGradientPenalty.Norm.L1;
        }
        return unsquared ? InputGradientPenalty.Norm.L2 : InputGradientPenalty.Norm.L2_SQUARED;
    }

    private void require(boolean fits, String call, String kinds) {
        if (!fits) {
            throw new IllegalArgumentException(call + " is for " + kinds + " only, not for the " + describe());
        }
    }

    private String describe() {
        return switch (kind) {
            case FROBENIUS -> "Frobenius norm";
            case L11 -> "l_{1,1} norm";
            case L21 -> "l_{2,1} norm";
            case SPECTRAL -> "spectral norm";
            case INPUT_GRADIENT -> "input gradient";
            case MARGINWISE -> "marginwise surrogate";
        };
    }
}
