package org.jacreg.jacobian;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;

/** What a variable depends on, and what depends on it, through ops of every kind and values of every type. */
final class GraphReach {

    private GraphReach() {}

    static Set<String> descendants(SameDiff sd, Collection<String> variables) {
        Set<String> reached = new HashSet<>(variables);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (DifferentialFunction op : sd.ops()) {
                if (touches(sd.getInputsForOp(op), reached)) {
                    grown |= reached.addAll(List.of(sd.getOutputsForOp(op)));
                }
            }
        }
        return reached;
    }

    static Set<String> ancestors(SameDiff sd, String variable) {
        Set<String> reached = new HashSet<>(Set.of(variable));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (DifferentialFunction op : sd.ops()) {
                String[] inputs = sd.getInputsForOp(op);
                if (inputs != null && touches(sd.getOutputsForOp(op), reached)) {
                    grown |= reached.addAll(List.of(inputs));
                }
            }
        }
        return reached;
    }

    private static boolean touches(String @org.jspecify.annotations.Nullable [] names, Set<String> reached) {
        if (names != null) {
            for (String name : names) {
                if (reached.contains(name)) {
                    return true;
                }
            }
        }
        return false;
    }
}
