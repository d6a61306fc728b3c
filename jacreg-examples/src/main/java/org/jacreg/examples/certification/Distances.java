package org.jacreg.examples.certification;

import java.math.BigDecimal;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.bounds.certify.BallNorm;

/** Distances, decided without rounding where rounding could decide. */
final class Distances {

    /** Far above the rounding of sums of some thousand numbers. */
    private static final double DOUBT = 1e-10;

    private Distances() {}

    static Norm norm(BallNorm norm) {
        return switch (norm) {
            case L1 -> Norm.L1;
            case L2 -> Norm.L2;
            case LINF -> Norm.LINF;
        };
    }

    static double distance(BallNorm norm, double[] a, double[] b) {
        return norm(norm).distance(a, b);
    }

    /** Whether two points are at most a radius apart, exactly. */
    static boolean within(BallNorm norm, double[] a, double[] b, double radius) {
        double distance = distance(norm, a, b);
        if (distance < radius * (1 - DOUBT) || distance > radius * (1 + DOUBT)) {
            return distance < radius;
        }
        BigDecimal total = BigDecimal.ZERO;
        for (int i = 0; i < a.length; i++) {
            BigDecimal step =
                    new BigDecimal(a[i]).subtract(new BigDecimal(b[i])).abs();
            total = switch (norm) {
                case L1 -> total.add(step);
                case L2 -> total.add(step.multiply(step));
                case LINF -> total.max(step);
            };
        }
        BigDecimal bound = new BigDecimal(radius);
        return total.compareTo(norm == BallNorm.L2 ? bound.multiply(bound) : bound) <= 0;
    }

    /**
     * Moves a point towards a centre until it lies in a ball exactly, in steps that the type can hold.
     *
     * @param point modified; a number of the type in every entry, before and after
     */
    static void pull(double[] point, double[] centre, BallNorm norm, double radius, boolean single) {
        double distance = distance(norm, point, centre);
        double scale = within(norm, point, centre, radius) ? 1 : Math.min(1, radius / distance) * (1 - 0x1p-40);
        for (int i = 0; scale < 1 && i < point.length; i++) {
            double step = norm == BallNorm.LINF
                    ? Math.max(-radius, Math.min(radius, point[i] - centre[i]))
                    : scale * (point[i] - centre[i]);
            double wanted = centre[i] + step;
            double held = single ? (float) wanted : wanted;
            boolean far = Math.abs(held - centre[i]) > Math.abs(step);
            double next = single ? Math.nextAfter((float) held, centre[i]) : Math.nextAfter(held, centre[i]);
            point[i] = far ? next : held;
        }
    }
}
