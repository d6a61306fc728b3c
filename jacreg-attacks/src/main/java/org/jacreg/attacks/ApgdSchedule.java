package org.jacreg.attacks;

import java.util.ArrayList;
import java.util.List;

/** When {@link Apgd} looks back on its progress. */
final class ApgdSchedule {

    private ApgdSchedule() {}

    /**
     * The iterations, counted from 1, after which the step may be halved: the first window is 0.22 of the iterations, each later one shorter
     * by 0.03 of them, down to 0.06.
     */
    static List<Integer> checkpoints(int iterations) {
        int window = Math.max((int) (.22 * iterations), 1);
        int least = Math.max((int) (.06 * iterations), 1);
        int shorter = Math.max((int) (.03 * iterations), 1);
        List<Integer> checkpoints = new ArrayList<>();
        for (int at = window; at <= iterations; at += window) {
            checkpoints.add(at);
            window = Math.max(window - shorter, least);
        }
        return checkpoints;
    }

    /** The same under l1: windows of 0.04 of the iterations. */
    static List<Integer> sparseCheckpoints(int iterations) {
        int window = Math.max((int) (.04 * iterations), 1);
        List<Integer> checkpoints = new ArrayList<>();
        for (int at = window; at <= iterations; at += window) {
            checkpoints.add(at);
        }
        return checkpoints;
    }

    /** A stretch of iterations within a radius. */
    record Phase(double radius, int iterations) {}

    /** Three, two and one times the radius for 30, 30 and 40 per cent of the iterations, or the radius for all of them. */
    static List<Phase> phases(double epsilon, int iterations, boolean shrinking) {
        int third = (int) (.3 * iterations);
        if (!shrinking || third == 0) {
            return List.of(new Phase(epsilon, iterations));
        }
        return List.of(
                new Phase(3 * epsilon, third),
                new Phase(2 * epsilon, third),
                new Phase(epsilon, iterations - 2 * third));
    }
}
