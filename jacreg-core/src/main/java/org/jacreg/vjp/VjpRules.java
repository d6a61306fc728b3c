package org.jacreg.vjp;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * An immutable registry of VJP rules by op name.
 *
 * <p>{@link #standard()} holds the rules of this library; {@link #with} returns a registry with one more. There is no
 * global state: two threads may use different registries.
 */
public final class VjpRules {

    private final Map<String, OpRules> rules;

    private VjpRules(Map<String, OpRules> rules) {
        this.rules = Collections.unmodifiableMap(new TreeMap<>(rules));
    }

    /**
     * The rules of this library.
     *
     * @return a registry; see {@link #opNames()}
     */
    public static VjpRules standard() {
        Builder builder = builder();
        ElementwiseRules.register(builder);
        TrigonometricRules.register(builder);
        ActivationRules.register(builder);
        ArithmeticRules.register(builder);
        PairwiseRules.register(builder);
        ChoiceRules.register(builder);
        LinearAlgebraRules.register(builder);
        ShapeRules.register(builder);
        ReductionRules.register(builder);
        SoftmaxRules.register(builder);
        ConvolutionRules.register(builder);
        DepthwiseRules.register(builder);
        PoolingRules.register(builder);
        ResamplingRules.register(builder);
        PatchRules.register(builder);
        DilationRules.register(builder);
        EdgeRules.register(builder);
        SelectionRules.register(builder);
        CumulativeRules.register(builder);
        LossRules.register(builder);
        MovementRules.register(builder);
        NormalizationRules.register(builder);
        AttentionRules.register(builder);
        RecurrentRules.register(builder);
        return builder.build();
    }

    /**
     * Starts an empty registry.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A registry with one more rule, or another rule for a known op. This registry stays as it is.
     *
     * @param opName the op, as ND4J names it
     * @param inputIndex the input with respect to which the rule differentiates; other inputs of the op keep their rules
     * @param rule the rule
     * @return a new registry
     */
    public VjpRules with(String opName, int inputIndex, VjpRule rule) {
        Map<Integer, VjpRule> merged = new HashMap<>();
        OpRules old = rules.get(opName);
        if (old != null) {
            merged.putAll(old.rules());
        }
        merged.put(inputIndex, rule);
        Map<String, OpRules> all = new HashMap<>(rules);
        boolean broadcasting = old != null && old.broadcasting();
        all.put(opName, new OpRules(OpKind.BESPOKE, merged, broadcasting, null, old == null ? null : old.further()));
        return new VjpRules(all);
    }

    /**
     * The ops of which the registry knows something, the unsupported ones included.
     *
     * @return op names in alphabetical order
     */
    public Set<String> opNames() {
        return rules.keySet();
    }

    /**
     * The kind of an op.
     *
     * @param opName the op
     * @return its kind, or nothing for an unknown op
     */
    public Optional<OpKind> kind(String opName) {
        return Optional.ofNullable(rules.get(opName)).map(OpRules::kind);
    }

    @Nullable
    OpRules find(String opName) {
        return rules.get(opName);
    }

    /** Collects rules; naming an op twice is an error. */
    public static final class Builder {

        private final Map<String, OpRules> rules = new HashMap<>();

        private Builder() {}

        /**
         * Registers piecewise constant ops.
         *
         * @param opNames the ops
         * @return this
         */
        public Builder zero(String... opNames) {
            for (String name : opNames) {
                put(name, new OpRules(OpKind.ZERO, Map.of(), false, null));
            }
            return this;
        }

        /**
         * Registers an op that is linear in its first input; other inputs are shapes, axes and the like.
         *
         * @param opName the op
         * @param adjoint the adjoint map
         * @return this
         */
        public Builder linear(String opName, VjpRule adjoint) {
            return put(opName, new OpRules(OpKind.LINEAR, Map.of(0, adjoint), false, null));
        }

        /**
         * Registers an op {@code y_i = f(x_i)}.
         *
         * @param opName the op
         * @param derivative {@code (x, y) -> f'(x)}
         * @return this
         */
        public Builder elementwise(String opName, BiFunction<SDVariable, SDVariable, SDVariable> derivative) {
            VjpRule rule = (context, ct) -> context.scale(ct, derivative.apply(context.input(0), context.output()));
            return put(opName, new OpRules(OpKind.ELEMENTWISE, Map.of(0, rule), false, null));
        }

        /**
         * Registers an op of two inputs that broadcast against each other.
         *
         * @param opName the op
         * @param kind its kind
         * @param left the rule for the first input; its result may have the output's shape
         * @param right the rule for the second input; its result may have the output's shape
         * @return this
         */
        public Builder broadcasting(String opName, OpKind kind, VjpRule left, VjpRule right) {
            return put(opName, new OpRules(kind, Map.of(0, left, 1, right), true, null));
        }

        /**
         * Registers an op that is linear in each of two inputs, without broadcasting.
         *
         * @param opName the op
         * @param left the rule for the first input
         * @param right the rule for the second input
         * @return this
         */
        public Builder bilinear(String opName, VjpRule left, VjpRule right) {
            return put(opName, new OpRules(OpKind.BILINEAR, Map.of(0, left, 1, right), false, null));
        }

        /**
         * Registers an op that folds axes of its first input.
         *
         * @param opName the op
         * @param rule the rule
         * @return this
         */
        public Builder reduction(String opName, VjpRule rule) {
            return put(opName, new OpRules(OpKind.REDUCTION, Map.of(0, rule), false, null));
        }

        /**
         * Registers an op of no particular kind.
         *
         * @param opName the op
         * @param rule the rule for the first input
         * @return this
         */
        public Builder rule(String opName, VjpRule rule) {
            return put(opName, new OpRules(OpKind.BESPOKE, Map.of(0, rule), false, null));
        }

        /**
         * Registers an op with a rule for every input.
         *
         * @param opName the op
         * @param kind its kind
         * @param inputs the rule of every input, by index
         * @return this
         */
        public Builder rules(String opName, OpKind kind, Map<Integer, VjpRule> inputs) {
            return put(opName, new OpRules(kind, inputs, false, null));
        }

        /**
         * Registers an op with any number of inputs that are all treated alike.
         *
         * @param opName the op
         * @param kind its kind
         * @param ruleOf the rule of every input, by index
         * @return this
         */
        public Builder variadic(String opName, OpKind kind, IntFunction<VjpRule> ruleOf) {
            return put(opName, new OpRules(kind, Map.of(), false, null, ruleOf));
        }

        /**
         * Registers an op that is refused.
         *
         * @param opName the op
         * @param reason why
         * @return this
         */
        public Builder unsupported(String opName, String reason) {
            return put(opName, new OpRules(OpKind.UNSUPPORTED, Map.of(), false, reason));
        }

        /**
         * Ends the collection.
         *
         * @return the registry
         */
        public VjpRules build() {
            return new VjpRules(rules);
        }

        private Builder put(String opName, OpRules entry) {
            if (rules.putIfAbsent(opName, entry) != null) {
                throw new IllegalArgumentException(
                        "op '" + opName + "' is registered twice; use with(...) to replace a rule");
            }
            return this;
        }
    }
}
