package org.jacreg.vjp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The sum of two cotangents of one variable, where ways through the graph join again.
 *
 * <p>Before it runs, a session of ND4J 1.0.0-M2.1 walks from the wanted variables to their inputs, level by level, and takes
 * a variable as often as there are shortest ways to it ({@code AbstractSession.initSubgraph}). Where two ways from here back
 * to where they parted are equally long, everything behind is taken twice, and so on at every join: twenty of them take a
 * million times as long. An identity on one of two such ways makes the other the only shortest one.
 */
final class CotangentSum {

    /** Ways that parted further back join too rarely to matter. */
    private static final int LEVELS = 24;

    /** What an identity must save to be worth its place: no gain but by a tie reaches this. */
    private static final double WORTHWHILE = 0.8;

    private CotangentSum() {}

    static SDVariable of(SDVariable a, SDVariable b) {
        SameDiff sd = a.getSameDiff();
        double plain = visits(sd, a, b, false);
        double delayed = visits(sd, a, b, true);
        double other = visits(sd, b, a, true);
        if (Math.min(delayed, other) > WORTHWHILE * plain) {
            return a.add(b);
        }
        return delayed <= other ? a.add(sd.identity(b)) : sd.identity(a).add(b);
    }

    /** How often variables are taken on the first levels, from both on, or from the second one level later. */
    private static double visits(SameDiff sd, SDVariable a, SDVariable b, boolean later) {
        Map<String, Double> level = new HashMap<>(Map.of(a.name(), 1.0));
        if (!later) {
            level.merge(b.name(), 1.0, Double::sum);
        }
        Set<String> seen = new HashSet<>();
        double visits = 0;
        for (int i = 0; i < LEVELS && !level.isEmpty(); i++) {
            seen.addAll(level.keySet());
            Map<String, Double> next = new HashMap<>();
            for (Map.Entry<String, Double> taken : level.entrySet()) {
                visits += taken.getValue();
                addInputs(sd, taken.getKey(), taken.getValue(), seen, next);
            }
            if (later && i == 0 && !seen.contains(b.name())) {
                next.merge(b.name(), 1.0, Double::sum);
            }
            level = next;
        }
        return visits;
    }

    private static void addInputs(
            SameDiff sd, String variable, double times, Set<String> seen, Map<String, Double> next) {
        DifferentialFunction op = sd.getVariableOutputOp(variable);
        if (op == null) {
            return;
        }
        for (String input : sd.getInputsForOp(op)) {
            if (!seen.contains(input)) {
                next.merge(input, times, Double::sum);
            }
        }
    }
}
