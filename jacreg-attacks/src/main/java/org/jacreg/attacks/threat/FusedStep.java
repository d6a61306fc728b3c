package org.jacreg.attacks.threat;

import java.util.Arrays;
import java.util.Optional;
import org.jacreg.runtime.HostRows;

/**
 * A step of steepest ascent and the projection after it, {@code x <- P(x + a v(g))}, in one pass over the samples, in place: what
 * {@link FeasibleSet#fusedStep} gives for float32 batches in main memory.
 *
 * <p>{@code v(g) = sign(g)} for Linf with {@code sign(0) = 0}, {@code g / ||g||_2} for L2, and 0 where {@code g = 0}. Under Linf the
 * result is that of the same arithmetic done array by array; under L2 sums are added in another order, which changes a point by a few
 * units in the last place.
 *
 * <p>Instances hold buffers and are for one thread; they share the work out by themselves.
 */
public final class FusedStep {

    private final HostRows centers;
    private final RowRule rule;
    private final RowBuffers[] buffers;

    private FusedStep(HostRows centers, RowRule rule) {
        this.centers = centers;
        this.rule = rule;
        this.buffers = new RowBuffers[centers.stretches()];
        Arrays.setAll(buffers, stretch -> new RowBuffers(centers.entries()));
    }

    /** What happens to one sample. */
    @FunctionalInterface
    interface RowRule {

        /**
         * Moves a point.
         *
         * @param row center, point and gradient of the sample; the point is moved, the gradient lost
         * @return a norm of the gradient: 0 if it is exactly zero, not finite if it is not finite
         */
        double move(RowBuffers row);
    }

    static Optional<FusedStep> of(Centers centers, RowRule rule) {
        return HostRows.of(centers.array()).map(rows -> new FusedStep(rows, rule));
    }

    /**
     * Moves every point.
     *
     * @param points {@code [N, D]}, finite; modified
     * @param gradient {@code [N, D]}; not modified
     * @return a norm of the gradient of every sample: 0 if and only if it is zero. Where it is not finite, neither is the gradient,
     *     and the point is lost
     * @throws IllegalArgumentException if a shape differs from that of the centers
     */
    public double[] apply(HostRows points, HostRows gradient) {
        requireSameShape("points", points);
        requireSameShape("gradient", gradient);
        double[] sizes = new double[centers.rows()];
        centers.forStretches((stretch, from, to) -> {
            RowBuffers row = buffers[stretch];
            for (int n = from; n < to; n++) {
                centers.read(n, row.center);
                points.read(n, row.point);
                gradient.read(n, row.gradient);
                sizes[n] = rule.move(row);
                points.write(n, row.point);
            }
        });
        return sizes;
    }

    private void requireSameShape(String name, HostRows rows) {
        if (rows.rows() != centers.rows() || rows.entries() != centers.entries()) {
            throw new IllegalArgumentException(
                    name + ": expected [" + centers.rows() + ", " + centers.entries() + "], got " + rows);
        }
    }
}
