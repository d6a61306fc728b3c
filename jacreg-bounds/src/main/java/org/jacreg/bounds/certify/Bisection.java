package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Looks for the largest radius that is proved, for all samples of a group at once. */
final class Bisection {

    private final Group group;
    private final double[] proved;
    private final double[] margins;
    private final double[] failed;

    Bisection(Group group, double largest) {
        this.group = group;
        this.proved = new double[group.size()];
        this.failed = new double[group.size()];
        Arrays.fill(failed, largest);
        this.margins = group.smallestMargins(new double[group.size()]);
    }

    void run(int steps) {
        int[] open =
                IntStream.range(0, group.size()).filter(n -> margins[n] > 0).toArray();
        open = attempt(open, Arrays.stream(open).mapToDouble(n -> failed[n]).toArray());
        for (int step = 0; step < steps && open.length > 0; step++) {
            attempt(
                    open,
                    Arrays.stream(open)
                            .mapToDouble(n -> proved[n] / 2 + failed[n] / 2)
                            .toArray());
        }
    }

    /** Tries a radius for each of some samples; gives those for which it was not proved. */
    private int[] attempt(int[] chosen, double[] radii) {
        if (chosen.length == 0) {
            return chosen;
        }
        double[] found = group.smallestMargins(chosen, radii);
        int[] left = new int[chosen.length];
        int count = 0;
        for (int i = 0; i < chosen.length; i++) {
            if (found[i] > 0) {
                proved[chosen[i]] = radii[i];
                margins[chosen[i]] = found[i];
            } else {
                failed[chosen[i]] = radii[i];
                left[count++] = chosen[i];
            }
        }
        return Arrays.copyOf(left, count);
    }

    /** The largest radius that was proved. */
    double radius(int n) {
        return proved[n];
    }

    /** The bound of the margin at that radius; not positive if nothing was proved. */
    double margin(int n) {
        return margins[n];
    }
}
