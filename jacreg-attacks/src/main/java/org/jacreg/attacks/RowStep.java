package org.jacreg.attacks;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;

/** Steps of a given length up a gradient, on one sample's row. */
final class RowStep {

    private RowStep() {}

    /** Sets the gradient of features that may not change to zero, so that they take no part in directions and norms. */
    static void mask(Region region, int n, double[] gradient) {
        for (int j = 0; j < gradient.length; j++) {
            if (!(region.lower(n, j) < region.upper(n, j))) {
                gradient[j] = 0;
            }
        }
    }

    /** {@code point + size sign(g)} for Linf, {@code point + size g / ||g||_2} for L2; nothing where the gradient is zero. */
    static void add(Norm norm, double[] point, double[] gradient, double size) {
        if (norm == Norm.LINF) {
            for (int j = 0; j < point.length; j++) {
                point[j] += size * Math.signum(gradient[j]);
            }
            return;
        }
        double greatest = 0;
        for (double g : gradient) {
            greatest = Math.max(greatest, Math.abs(g));
        }
        if (greatest > 0) {
            double squares = 0;
            for (double g : gradient) {
                // by the greatest entry first, or squares of small gradients vanish
                squares += (g / greatest) * (g / greatest);
            }
            double length = Math.sqrt(squares);
            for (int j = 0; j < point.length; j++) {
                point[j] += size * (gradient[j] / greatest / length);
            }
        }
    }

    /**
     * A step of l1 length {@code size}: entries in the order of falling {@code |g|} move by {@code size / entries} each, but no further than
     * box and limits allow, until the length is spent. What an entry leaves goes to the next one.
     *
     * <p>With one entry this maximises the linearised loss over a ball of radius {@code size}, box and limits.
     */
    static void spend(Region region, int n, double[] point, double[] gradient, double size, int entries) {
        double left = size;
        double share = size / entries;
        int[] order = IntStream.range(0, gradient.length)
                .filter(j -> gradient[j] != 0)
                .boxed()
                .sorted(Comparator.comparingDouble(j -> -Math.abs(gradient[j])))
                .mapToInt(j -> j)
                .toArray();
        for (int k = 0; k < order.length && left > 0; k++) {
            int j = order[k];
            double room = gradient[j] > 0 ? region.upper(n, j) - point[j] : point[j] - region.lower(n, j);
            double move = Math.max(0, Math.min(room, Math.min(share, left)));
            point[j] += Math.signum(gradient[j]) * move;
            left -= move;
        }
    }
}
