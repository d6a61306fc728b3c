package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;

/** {@code x <- P(x + a g / ||g||_2)} for one sample, {@code P} one of the two {@linkplain Projection projections}. */
final class L2Rule implements FusedStep.RowRule {

    /** Radii and steps whose squares float32 holds with all their digits lie between this and its inverse. */
    static final double LEAST = 1e-12;

    /** Below this norm squares may have been lost to underflow, so the gradient is rescaled first. */
    private static final double SAFE_NORM = 1e-12;

    /** Stands for the slack of an entry without a bound: its square is finite, and no perturbation reaches it. */
    private static final float FAR = 0x1p60f;

    private final double epsilon;
    private final float step;
    private final Projection projection;
    private final float lower;
    private final float upper;

    L2Rule(double epsilon, double step, Projection projection, InputBox box) {
        this.epsilon = epsilon;
        this.step = (float) step;
        this.projection = projection;
        this.lower = (float) box.lower();
        this.upper = (float) box.upper();
    }

    /** Whether squares of such numbers neither overflow nor vanish in float32. */
    static boolean holds(double number) {
        double magnitude = Math.abs(number);
        return magnitude >= LEAST && magnitude <= 1 / LEAST;
    }

    @Override
    public double move(RowBuffers row) {
        double size = safeNorm(row);
        if (size > 0) {
            ascend(row.gradient, (float) size, row.point, row.length);
        }
        if (projection == Projection.EXACT) {
            project(row);
        } else {
            rescale(row);
        }
        addAndClip(row.center, row.point, row.length);
        return size;
    }

    /** The norm of the gradient, which is divided by its largest entry first if it is very small or large. */
    private static double safeNorm(RowBuffers row) {
        double norm = row.norm(row.gradient);
        if (norm >= SAFE_NORM && Double.isFinite(norm)) {
            return norm;
        }
        float greatest = 0;
        for (float entry : row.gradient) {
            greatest = Math.max(greatest, Math.abs(entry));
        }
        if (greatest == 0 || !Float.isFinite(greatest)) {
            return greatest;
        }
        for (int j = 0; j < row.length; j++) {
            row.gradient[j] /= greatest;
        }
        return row.norm(row.gradient);
    }

    private void ascend(float[] gradient, float size, float[] point, int n) {
        for (int j = 0; j < n; j++) {
            point[j] += gradient[j] / size * step;
        }
    }

    /** Leaves the perturbation of the nearest point where the point was. */
    private void project(RowBuffers row) {
        float[] clipped = row.gradient;
        subtract(row.center, row.point, row.length);
        clip(row.center, row.point, 1, clipped, row.length);
        if (row.norm(clipped) <= epsilon) {
            System.arraycopy(clipped, 0, row.point, 0, row.length);
        } else {
            float scale = (float) scaleIntoBall(row);
            clip(row.center, row.point, scale, clipped, row.length);
            System.arraycopy(clipped, 0, row.point, 0, row.length);
        }
    }

    private void rescale(RowBuffers row) {
        subtract(row.center, row.point, row.length);
        double norm = row.norm(row.point);
        if (!(norm <= epsilon)) {
            float scale = (float) (epsilon / norm);
            for (int j = 0; j < row.length; j++) {
                row.point[j] *= scale;
            }
        }
    }

    /** The iteration that {@link BoxSlack} explains, with sums in float32 and whole vectors of entries at once. */
    private double scaleIntoBall(RowBuffers row) {
        squares(row.center, row.point, row.squares, row.slack, row.length);
        double target = epsilon * epsilon;
        double t = target / row.sum(row.squares);
        for (int iteration = 0; iteration <= row.length; iteration++) {
            double free = row.freeSquares((float) t);
            double next = free > 0 ? (target - row.fixedSlack((float) t)) / free : t;
            if (!(next > t)) {
                break;
            }
            t = next;
        }
        return Math.sqrt(Math.min(t, 1));
    }

    /** {@code u_j^2} and the square of the way from the center to the bound on the side to which {@code u_j} points. */
    private void squares(float[] center, float[] u, float[] squares, float[] slack, int n) {
        for (int j = 0; j < n; j++) {
            float up = SignLoops.positive(u[j]);
            float room = up * Math.min(upper - center[j], FAR) + (1 - up) * Math.min(center[j] - lower, FAR);
            squares[j] = u[j] * u[j];
            slack[j] = room * room;
        }
    }

    private static void subtract(float[] center, float[] point, int n) {
        for (int j = 0; j < n; j++) {
            point[j] -= center[j];
        }
    }

    private void clip(float[] center, float[] u, float scale, float[] to, int n) {
        for (int j = 0; j < n; j++) {
            to[j] = Math.min(Math.max(u[j] * scale, lower - center[j]), upper - center[j]);
        }
    }

    private void addAndClip(float[] center, float[] point, int n) {
        for (int j = 0; j < n; j++) {
            point[j] = Math.min(Math.max(point[j] + center[j], lower), upper);
        }
    }
}
