package org.jacreg.vjp;

import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of one op.
 *
 * @param kind the op's mathematical kind
 * @param rules the rule for every input through which a derivative runs; inputs that are absent have no rule
 * @param broadcasting whether a rule's result may still have the output's (broadcast) shape, so that the gate folds it
 * @param reason for {@link OpKind#UNSUPPORTED}: why; otherwise null
 * @param further the rules of inputs that are not in {@code rules}, for ops with any number of inputs; otherwise null
 */
record OpRules(
        OpKind kind,
        Map<Integer, VjpRule> rules,
        boolean broadcasting,
        @Nullable String reason,
        @Nullable IntFunction<VjpRule> further) {

    OpRules {
        rules = Map.copyOf(rules);
    }

    OpRules(OpKind kind, Map<Integer, VjpRule> rules, boolean broadcasting, @Nullable String reason) {
        this(kind, rules, broadcasting, reason, null);
    }

    @Nullable
    VjpRule rule(int input) {
        VjpRule own = rules.get(input);
        return own != null || further == null ? own : further.apply(input);
    }
}
