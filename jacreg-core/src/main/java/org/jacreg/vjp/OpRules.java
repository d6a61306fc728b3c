package org.jacreg.vjp;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the registry knows of one op.
 *
 * @param kind the op's mathematical kind
 * @param rules the rule for every input through which a derivative runs; inputs that are absent have no rule
 * @param broadcasting whether a rule's result may still have the output's (broadcast) shape, so that the gate folds it
 * @param reason for {@link OpKind#UNSUPPORTED}: why; otherwise null
 */
record OpRules(
        OpKind kind,
        Map<Integer, VjpRule> rules,
        boolean broadcasting,
        @Nullable String reason) {

    OpRules {
        rules = Map.copyOf(rules);
    }

    @Nullable
    VjpRule rule(int input) {
        return rules.get(input);
    }
}
