package org.jacreg.bounds.certify;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * For every row of a set of functionals its own lower slopes of the undecided rectifiers, raised along the bound's gradient (Xu et al.
 * 2021, "Fast and complete"). A rectifier is above {@code s x} for every s in [0, 1], so every choice is sound.
 *
 * <p>With coefficient {@code c > 0} the bound holds {@code c s a}, a the argument; where the functional is least, the derivative by s is
 * {@code c a}, with a followed forward from the worst input along the same lines. Steps are Adam's (Kingma and Ba 2015).
 */
final class SlopeChoice {

    private static final double RATE = 0.25;
    private static final double DECAY = 0.95;
    private static final double FIRST_MOMENT = 0.9;
    private static final double SECOND_MOMENT = 0.999;

    private final Map<Integer, double[]> slopes = new HashMap<>();
    private final Map<Integer, double[]> first = new HashMap<>();
    private final Map<Integer, double[]> second = new HashMap<>();
    private final Map<Integer, double[]> coefficients = new HashMap<>();
    private int steps;

    /** The slopes of a node's rectifiers, [rows, size]; at first those of the lines. */
    double[] slopes(int node, Lines lines, Functionals functionals, int size) {
        return slopes.computeIfAbsent(node, k -> {
            double[] start = new double[functionals.rows * size];
            for (int i = 0; i < start.length; i++) {
                start[i] = lines.lowerSlopeOf(functionals.sample[i / size] * size + i % size);
            }
            return start;
        });
    }

    /** Notes the coefficients of a node's values on the way back. */
    void note(int node, double[] ofValues) {
        coefficients.put(node, ofValues.clone());
    }

    /** What was noted, or null if nothing depends on the node. */
    double @Nullable [] noted(int node) {
        return coefficients.get(node);
    }

    /** Forgets the last way back. */
    void begin() {
        coefficients.clear();
    }

    /** One step for all rectifiers. */
    void step(Map<Integer, double[]> arguments) {
        steps++;
        double rate = RATE * Math.pow(DECAY, steps - 1);
        slopes.forEach((node, s) -> {
            double[] a = arguments.get(node);
            double[] c = coefficients.get(node);
            if (a != null && c != null) {
                move(node, s, c, a, rate);
            }
        });
    }

    private void move(int node, double[] s, double[] c, double[] a, double rate) {
        double[] m = first.computeIfAbsent(node, k -> new double[s.length]);
        double[] v = second.computeIfAbsent(node, k -> new double[s.length]);
        double unbiasFirst = 1 - Math.pow(FIRST_MOMENT, steps);
        double unbiasSecond = 1 - Math.pow(SECOND_MOMENT, steps);
        for (int i = 0; i < s.length; i++) {
            double gradient = c[i] > 0 ? c[i] * a[i] : 0;
            m[i] = FIRST_MOMENT * m[i] + (1 - FIRST_MOMENT) * gradient;
            v[i] = SECOND_MOMENT * v[i] + (1 - SECOND_MOMENT) * gradient * gradient;
            double move = rate * (m[i] / unbiasFirst) / (Math.sqrt(v[i] / unbiasSecond) + 1e-12);
            double next = Math.min(1, Math.max(0, s[i] + move));
            s[i] = Double.isNaN(next) ? s[i] : next;
        }
    }
}
