package org.jacreg.jacobian;

import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Builds a {@link Jacobian}; every name that is not given is inferred. */
public final class JacobianBuilder {

    private final SameDiff sd;
    private @Nullable String input;
    private @Nullable String logits;
    private long @Nullable [] inputShape;
    private VjpRules rules = VjpRules.standard();
    private long chunkElements = Jacobian.CHUNK_ELEMENTS;

    JacobianBuilder(SameDiff sd) {
        this.sd = sd;
    }

    /** What a Jacobian is made of. */
    record Parts(GraphCopy copy, GraphModel model, JacobianGraph emitter, long chunkElements) {}

    /**
     * Names the input.
     *
     * @param name a floating-point placeholder
     * @return this
     */
    public JacobianBuilder input(String name) {
        this.input = name;
        return this;
    }

    /**
     * Names the output that is differentiated.
     *
     * @param name a variable of shape {@code [N, C]}
     * @return this
     */
    public JacobianBuilder logits(String name) {
        this.logits = name;
        return this;
    }

    /**
     * Gives the shape of one sample, where the placeholder does not declare it.
     *
     * @param shape without the batch axis; not modified
     * @return this
     */
    public JacobianBuilder inputShape(long... shape) {
        this.inputShape = shape.clone();
        return this;
    }

    /**
     * Sets the derivative rules.
     *
     * @param rules the registry, {@link VjpRules#standard()} by default
     * @return this
     */
    public JacobianBuilder rules(VjpRules rules) {
        this.rules = rules;
        return this;
    }

    /** How many numbers of J are computed at a time; for tests. */
    JacobianBuilder chunkElements(long count) {
        this.chunkElements = count;
        return this;
    }

    /**
     * Differentiates the graph.
     *
     * @return the Jacobian
     * @throws IllegalArgumentException if names or shapes are wrong or cannot be inferred, or samples are coupled
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule
     */
    public Jacobian build() {
        // Names are inferred on the original: the copy has no losses.
        GraphModelBuilder names = GraphModel.builder(sd);
        if (input != null) {
            names.input(input);
        }
        if (logits != null) {
            names.logits(logits);
        }
        GraphModel original = names.build();
        org.jacreg.vjp.ReverseWalk.check(original, rules);
        GraphCopy copy = GraphCopy.of(sd);
        GraphModel model = GraphModel.builder(copy.graph())
                .input(original.input())
                .logits(original.logits())
                .build();
        JacobianGraph emitter = JacobianGraph.of(model, rules, inputShape);
        return GraphDecoration.add(copy.graph(), () -> new Jacobian(new Parts(copy, model, emitter, chunkElements)));
    }
}
