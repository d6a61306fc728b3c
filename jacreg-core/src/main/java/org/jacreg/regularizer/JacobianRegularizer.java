package org.jacreg.regularizer;

import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

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
 * <p>A regularizer is used once: its settings are read by {@link #attach()}.
 */
public final class JacobianRegularizer {

    private static final double DEFAULT_LAMBDA = 0.01;

    private final SameDiff sd;
    private final boolean frobenius;
    private double lambda = DEFAULT_LAMBDA;
    private int projections;
    private @Nullable String input;
    private @Nullable String logits;
    private @Nullable String label;
    private long @Nullable [] inputShape;
    private VjpRules rules = VjpRules.standard();

    private JacobianRegularizer(SameDiff sd, boolean frobenius) {
        this.sd = sd;
        this.frobenius = frobenius;
    }

    /**
     * Penalises the mean squared Frobenius norm, {@code (1/N) sum_n ||J_n||_F^2}.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer frobenius(SameDiff sd) {
        return new JacobianRegularizer(sd, true);
    }

    /**
     * Penalises the mean entrywise l1 norm, {@code (1/N) sum_n sum_ci |J_nci|}. Where an entry is 0 its subgradient is 0.
     *
     * @param sd a graph with a loss; not modified before {@link #attach()}
     * @return a regularizer with lambda 0.01, exact
     */
    public static JacobianRegularizer l11(SameDiff sd) {
        return new JacobianRegularizer(sd, false);
    }

    /**
     * Sets the weight of the penalty in the total loss.
     *
     * @param lambda finite and not negative; 0.01 by default. 0 keeps the penalty as a variable without effect on training
     * @return this
     * @throws IllegalArgumentException if lambda is negative, NaN or infinite
     */
    public JacobianRegularizer lambda(double lambda) {
        if (!(lambda >= 0 && Double.isFinite(lambda))) {
            throw new IllegalArgumentException("lambda must be finite and not negative, but is " + lambda);
        }
        this.lambda = lambda;
        return this;
    }

    /**
     * Estimates the penalty by random projections instead of computing every row.
     *
     * <p>{@code C/n sum_v ||J^T v||_2^2} over {@code n} directions uniform on the unit sphere of {@code R^C}, drawn afresh at
     * every step, is unbiased for {@code ||J||_F^2} (Hoffman, Roberts and Yaida, arXiv 1908.02729). With {@code A = J J^T} its
     * variance is {@code (2C/(C+2) tr(A^2) - 2/(C+2) tr(A)^2) / n}, which follows from the moments of a uniform direction. In
     * batches of more than 1024 samples directions repeat from sample to sample. Draws come from ND4J's generator: {@code
     * Nd4j.getRandom().setSeed(...)} makes training reproducible.
     *
     * @param count {@code n}, at least 1; Hoffman et al. use 1
     * @return this
     * @throws IllegalArgumentException if count is less than 1, or the penalty is not Frobenius: random projections give no
     *     cheap unbiased estimate of the l_{1,1} norm
     */
    public JacobianRegularizer projections(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("projections must be at least 1, but is " + count);
        }
        if (!frobenius) {
            throw new IllegalArgumentException(
                    "projections(" + count + ") is for frobenius(sd) only: random projections"
                            + " give no cheap unbiased estimate of the l_{1,1} norm");
        }
        this.projections = count;
        return this;
    }

    /**
     * Names the input with respect to which the Jacobian is taken; inferred from the loss op by default.
     *
     * @param name a floating-point placeholder
     * @return this
     */
    public JacobianRegularizer input(String name) {
        this.input = name;
        return this;
    }

    /**
     * Names the output whose Jacobian is taken; inferred from the loss op by default.
     *
     * @param name a variable of shape {@code [N, C]}
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
     * @throws IllegalArgumentException if the graph has no loss, names or shapes are wrong or ambiguous, or samples are
     *     coupled; the graph is as before
     * @throws IllegalStateException if the graph is decorated already; it stays as it is
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a derivative rule; the graph is as before
     */
    public RegularizedGraph attach() {
        if (GraphDecoration.isDecorated(sd)) {
            throw new IllegalStateException("the graph already has a Jacobian penalty (names under '"
                    + GraphDecoration.PREFIX + "'); call detach() on it first");
        }
        GraphModel model = model();
        JacobianGraph jacobian = JacobianGraph.of(model, rules, inputShape);
        List<String> before = List.copyOf(sd.getLossVariables());
        return GraphDecoration.add(sd, () -> {
            emit(model, jacobian);
            minimize(before);
            return new RegularizedGraph(sd, before);
        });
    }

    /** Swaps the loss and builds the gradients at once, so that what SameDiff cannot differentiate shows here. */
    private void minimize(List<String> before) {
        sd.setLossVariables(RegularizedGraph.TOTAL);
        try {
            QuietGradients.create(sd);
        } catch (RuntimeException e) {
            sd.setLossVariables(before.toArray(new String[0]));
            throw new IllegalArgumentException(
                    "SameDiff cannot build the gradients of the graph with its penalty: " + e.getMessage(), e);
        }
    }

    private GraphModel model() {
        GraphModelBuilder builder = GraphModel.builder(sd).requireLoss();
        if (input != null) {
            builder.input(input);
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
        if (!frobenius) {
            return new JacobianPenalty.L11();
        }
        return projections == 0
                ? new JacobianPenalty.FrobeniusSquared()
                : new JacobianPenalty.FrobeniusSquaredByProjection(projections);
    }

    private void emit(GraphModel model, JacobianGraph jacobian) {
        SDVariable penalty = rename(penalty().emit(jacobian), RegularizedGraph.PENALTY);
        // Name scopes do not reach the names of constants.
        SDVariable weight = sd.constant(RegularizedGraph.LAMBDA, Nd4j.scalar(penalty.dataType(), lambda));
        SDVariable loss = losses(model.lossVariables());
        SDVariable weighted = penalty.mul(weight).castTo(loss.dataType());
        TotalLoss.emit(loss.add(weighted), RegularizedGraph.TOTAL);
    }

    /** Adds up the user's losses; the names of the summands tell which they are, see {@link RegularizedGraph#of}. */
    private SDVariable losses(List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> sd.sum(RegularizedGraph.summand(i, names.get(i)), sd.getVariable(names.get(i))))
                .reduce(SDVariable::add)
                .orElseThrow();
    }

    private static SDVariable rename(SDVariable variable, String name) {
        return variable.getSameDiff().identity(name.substring(GraphDecoration.PREFIX.length()), variable);
    }
}
