package org.jacreg.regularizer;

import java.util.Arrays;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.jacreg.jacobian.Directions;
import org.jacreg.jacobian.FiniteDifference;
import org.jacreg.jacobian.FiniteDifferenceGraph;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.Projections;
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

    private final SameDiff sd;
    private final PenaltySettings settings;
    private double lambda = DEFAULT_LAMBDA;
    private @Nullable ISchedule schedule;
    private SampleWeights weights = SampleWeights.uniform();
    private @Nullable String name;
    private String @Nullable [] inputs;
    private @Nullable String logits;
    private @Nullable String label;
    private long @Nullable [] inputShape;
    private VjpRules rules = VjpRules.standard();

    private JacobianRegularizer(SameDiff sd, PenaltySettings.Kind kind) {
        this.sd = sd;
        this.settings = new PenaltySettings(kind);
    }

    /**
     * Penalises the mean squared Frobenius norm, {@code (1/N) sum_n ||J_n||_F^2}; see {@link #unsquared}.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer frobenius(SameDiff sd) {
        return new JacobianRegularizer(sd, PenaltySettings.Kind.FROBENIUS);
    }

    /**
     * Penalises the mean entrywise l1 norm, {@code (1/N) sum_n sum_ci |J_nci|}. Where an entry is 0 its subgradient is 0.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer l11(SameDiff sd) {
        return new JacobianRegularizer(sd, PenaltySettings.Kind.L11);
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
        return new JacobianRegularizer(sd, PenaltySettings.Kind.L21);
    }

    /**
     * Penalises the mean largest singular value, {@code (1/N) sum_n ||J_n||_op}. Exact where the smaller side of the Jacobian
     * is at most 64, by its Gram matrix; else a lower estimate by power iteration, see {@link #powerIterations}.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01
     */
    public static JacobianRegularizer spectral(SameDiff sd) {
        return new JacobianRegularizer(sd, PenaltySettings.Kind.SPECTRAL);
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
        return new JacobianRegularizer(sd, PenaltySettings.Kind.INPUT_GRADIENT);
    }

    /** For {@link SurrogateLoss}. */
    static JacobianRegularizer marginwise(SameDiff sd, double epsilon, boolean lInf) {
        JacobianRegularizer regularizer = new JacobianRegularizer(sd, PenaltySettings.Kind.MARGINWISE);
        regularizer.settings.epsilon = epsilon;
        regularizer.settings.lInf = lInf;
        return regularizer.lambda(1);
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
     * ||J||_{2,1}}. In large batches samples share drawn numbers, see {@link org.jacreg.jacobian.CotangentSeeds}. Draws come from
     * ND4J's generator: {@code Nd4j.getRandom().setSeed(...)} makes training reproducible.
     *
     * @param count {@code n}, at least 1; Hoffman et al. use 1
     * @return this
     * @throws IllegalArgumentException if count is less than 1, or the penalty is neither squared Frobenius nor l_{2,1}: random
     *     projections give no cheap unbiased estimate of the others
     */
    public JacobianRegularizer projections(int count) {
        settings.requireProjectable("projections(" + count + ")");
        return projections(Projections.count(count));
    }

    /**
     * Estimates the penalty by as many random projections as a relative error takes: {@code Projections.auto(0.1)}.
     *
     * @param projections a number, what an error takes, or exact
     * @return this
     * @throws IllegalArgumentException if the penalty is neither Frobenius nor l_{2,1}
     */
    public JacobianRegularizer projections(Projections projections) {
        settings.requireProjectable("projections(" + projections + ")");
        settings.projections = projections;
        return this;
    }

    /**
     * Sets the distribution of random projections.
     *
     * @param directions {@link Directions#UNIT_SPHERE} by default; {@link #l21} takes {@link Directions#GAUSSIAN} only
     * @return this
     * @throws IllegalArgumentException if the penalty is neither Frobenius nor l_{2,1}
     */
    public JacobianRegularizer directions(Directions directions) {
        settings.requireProjectable("directions(" + directions + ")");
        settings.directions = directions;
        return this;
    }

    /**
     * Estimates the squared Frobenius norm without derivative rules, by central differences along one random direction of the
     * input space: for recurrent layers, custom ops and imported graphs. See {@link #finiteDifference(FiniteDifference)}.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not {@link #frobenius}
     */
    public JacobianRegularizer finiteDifference() {
        return finiteDifference(FiniteDifference.central());
    }

    /**
     * Estimates the squared Frobenius norm without derivative rules: {@code D/n sum_u ||(f(x + h u) - f(x - h u)) / 2h||_2^2}
     * over {@code n} directions uniform on the unit sphere of {@code R^D}. Unbiased but for a term of order {@code h^2}; with
     * {@code B = J^T J} one direction has the variance {@code (2D tr(B^2) - 2 tr(B)^2) / (D + 2)}. After Finlay and Oberman
     * (arXiv 1905.11468). Every op that SameDiff can copy and differentiate once will do.
     *
     * @param setting scheme, step and number of directions
     * @return this
     * @throws IllegalArgumentException if the penalty is not {@link #frobenius}
     */
    public JacobianRegularizer finiteDifference(FiniteDifference setting) {
        settings.require(settings.kind == PenaltySettings.Kind.FROBENIUS, "finiteDifference(...)", "frobenius(sd)");
        settings.difference = setting;
        return this;
    }

    /**
     * Penalises the norm itself, not its square; for {@link #frobenius} and {@link #inputGradient}. At 0 the subgradient is 0.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not one of these
     */
    public JacobianRegularizer unsquared() {
        settings.require(
                settings.kind == PenaltySettings.Kind.FROBENIUS || settings.kind == PenaltySettings.Kind.INPUT_GRADIENT,
                "unsquared()",
                "frobenius(sd) and inputGradient(sd)");
        settings.unsquared = true;
        return this;
    }

    /**
     * Penalises the l1 norm of the input gradient: the dual of an l_inf attack.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not {@link #inputGradient}
     */
    public JacobianRegularizer l1() {
        settings.require(settings.kind == PenaltySettings.Kind.INPUT_GRADIENT, "l1()", "inputGradient(sd)");
        settings.l1 = true;
        return this;
    }

    /**
     * Takes rows {@code J_j - J_y} relative to the true class y instead of {@code J_j}: the Jacobian of the margins, up to sign.
     *
     * @return this
     * @throws IllegalArgumentException if the penalty is not {@link #frobenius}, {@link #l11} or {@link #l21}
     */
    public JacobianRegularizer marginRows() {
        settings.require(
                settings.kind == PenaltySettings.Kind.FROBENIUS
                        || settings.kind == PenaltySettings.Kind.L11
                        || settings.kind == PenaltySettings.Kind.L21,
                "marginRows()",
                "frobenius, l11 and l21");
        settings.margins = true;
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
        settings.require(
                settings.kind == PenaltySettings.Kind.SPECTRAL, "powerIterations(" + count + ")", "spectral(sd)");
        if (count < 1) {
            throw new IllegalArgumentException("powerIterations must be at least 1, but is " + count);
        }
        settings.powerIterations = count;
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
        settings.check();
        GraphModel model = model();
        TermSource source;
        if (settings.difference != null) {
            FiniteDifferenceGraph differences = FiniteDifferenceGraph.of(model, inputShape);
            source = new TermSource.ByDifferences(model, differences, settings.difference);
        } else {
            JacobianGraph jacobian = JacobianGraph.of(model, rules, inputShape);
            source = new TermSource.ByRules(
                    jacobian, settings.penalty(jacobian.probe().classes(), rules));
        }
        if (settings.kind == PenaltySettings.Kind.INPUT_GRADIENT) {
            new InputGradients(model, rules).check();
        }
        new WeightEmitter(model, source.probe(), rules).check(weights);
        return new PenaltyTerm(name == null ? settings.defaultName() : name, source, weights, rules, lambda, schedule);
    }

    SameDiff graph() {
        return sd;
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
}
