package org.jacreg.attacks.threat;

import java.util.SplittableRandom;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * For every sample of a batch the points an attacker may reach, on Java rows: the ball, the model's box, ranges and frozen features.
 *
 * <p>The same sets as {@link FeasibleSet} has on arrays, in double, for attacks that treat samples one by one. A row holds the entries
 * of one sample in row-major order. Any number of threads may use an instance, on different rows.
 */
public final class Region {

    private final Norm norm;
    private final double epsilon;
    private final double[][] centers;
    private final double[] lower;
    private final double[] upper;
    private final FeatureLimits limits;

    private Region(
            Norm norm, double epsilon, double[][] centers, double[] lower, double[] upper, FeatureLimits limits) {
        this.norm = norm;
        this.epsilon = epsilon;
        this.centers = centers;
        this.lower = lower;
        this.upper = upper;
        this.limits = limits;
    }

    /**
     * The points of a threat model around samples.
     *
     * @param threat ball and limits
     * @param centers {@code [N, *]}, floating point; not modified, a copy is kept
     * @param box the model's box; its bounds and the limits' are rounded to the centers' type
     * @return the region
     * @throws IllegalArgumentException as {@link ThreatModel#around}
     */
    public static Region of(ThreatModel threat, INDArray centers, InputBox box) {
        return of(threat.ball(), threat.limits(), box, Centers.of(centers, BoxBounds.inType(box, centers.dataType())));
    }

    /**
     * The points around samples at any distance.
     *
     * @param norm the norm in which distances are measured
     * @param limits ranges and frozen features
     * @param centers {@code [N, *]}, floating point; not modified, a copy is kept
     * @param box the model's box
     * @return a region whose radius is infinite
     * @throws IllegalArgumentException as {@link ThreatModel#around}
     */
    public static Region unbounded(Norm norm, FeatureLimits limits, INDArray centers, InputBox box) {
        Centers checked = Centers.of(centers, BoxBounds.inType(box, centers.dataType()));
        return of(norm, Double.POSITIVE_INFINITY, limits, box, checked);
    }

    static Region of(NormBall ball, FeatureLimits limits, InputBox box, Centers centers) {
        return of(ball.norm(), ball.epsilon(), limits, box, centers);
    }

    private static Region of(Norm norm, double epsilon, FeatureLimits limits, InputBox box, Centers centers) {
        int entries = centers.entries();
        limits.requireFeatures(entries);
        boolean single = centers.array().dataType() != DataType.DOUBLE;
        double[] lower = new double[entries];
        double[] upper = new double[entries];
        for (int j = 0; j < entries; j++) {
            double least = Math.max(box.lower(), limits.lower(j));
            double greatest = Math.min(box.upper(), limits.upper(j));
            lower[j] = single ? (float) least : least;
            upper[j] = single ? (float) greatest : greatest;
        }
        double[][] rows = new double[centers.samples()][];
        for (int n = 0; n < rows.length; n++) {
            rows[n] = java.util.Arrays.copyOfRange(centers.host(), n * entries, (n + 1) * entries);
            requireWithin(rows[n], n, lower, upper, limits);
        }
        return new Region(norm, epsilon, rows, lower, upper, limits);
    }

    private static void requireWithin(double[] row, int sample, double[] lower, double[] upper, FeatureLimits limits) {
        for (int j = 0; j < row.length; j++) {
            if (!limits.isFrozen(j) && !(row[j] >= lower[j] && row[j] <= upper[j])) {
                throw new IllegalArgumentException("input: sample " + sample + " has " + row[j] + " at feature " + j
                        + ", outside the range [" + lower[j] + ", " + upper[j]
                        + "] that the feature limits leave it; widen the range or freeze the feature");
            }
        }
    }

    /**
     * The number of samples.
     *
     * @return {@code N}
     */
    public int samples() {
        return centers.length;
    }

    /**
     * The number of entries of a sample.
     *
     * @return {@code D}
     */
    public int entries() {
        return lower.length;
    }

    /**
     * A sample.
     *
     * @param n its row
     * @return its values; not to be modified
     */
    public double[] center(int n) {
        return centers[n];
    }

    /**
     * The least value of an entry, whatever the ball.
     *
     * @param n the sample's row
     * @param j the entry
     * @return the bound of box and range, or the value itself where the feature is frozen
     */
    public double lower(int n, int j) {
        return limits.isFrozen(j) ? centers[n][j] : lower[j];
    }

    /**
     * The greatest value of an entry, whatever the ball.
     *
     * @param n the sample's row
     * @param j the entry
     * @return the bound of box and range, or the value itself where the feature is frozen
     */
    public double upper(int n, int j) {
        return limits.isFrozen(j) ? centers[n][j] : upper[j];
    }

    /**
     * The radius.
     *
     * @return positive; infinite if distances are not bounded
     */
    public double epsilon() {
        return epsilon;
    }

    /**
     * The norm of the ball.
     *
     * @return the norm in which distances are measured
     */
    public Norm norm() {
        return norm;
    }

    /**
     * The distance of a point from its sample.
     *
     * @param n the sample's row
     * @param point {@code D} values; not modified
     * @return the distance in the norm of the ball
     */
    public double distance(int n, double[] point) {
        return norm.distance(point, centers[n]);
    }

    /**
     * Brings a point to the nearest one that box and limits allow, whatever the ball.
     *
     * @param n the sample's row
     * @param point {@code D} finite values; modified
     */
    public void clip(int n, double[] point) {
        for (int j = 0; j < point.length; j++) {
            point[j] = Math.max(lower(n, j), Math.min(upper(n, j), point[j]));
        }
    }

    /**
     * Replaces a point by the nearest one, in the Euclidean distance, of the region.
     *
     * @param n the sample's row
     * @param point {@code D} finite values; modified
     */
    public void project(int n, double[] point) {
        project(n, point, epsilon);
    }

    /**
     * The same for a ball of another radius.
     *
     * @param n the sample's row
     * @param point {@code D} finite values; modified
     * @param radius at least 0; infinite for no ball
     */
    public void project(int n, double[] point, double radius) {
        double[] center = centers[n];
        if (radius == Double.POSITIVE_INFINITY) {
            clip(n, point);
        } else if (norm == Norm.LINF) {
            for (int j = 0; j < point.length; j++) {
                point[j] = Math.max(center[j] - radius, Math.min(center[j] + radius, point[j]));
            }
            clip(n, point);
        } else {
            projectRound(n, point, radius);
        }
    }

    private void projectRound(int n, double[] point, double radius) {
        double[] center = centers[n];
        double[] u = new double[point.length];
        double[] slack = new double[point.length];
        for (int j = 0; j < u.length; j++) {
            u[j] = point[j] - center[j];
            slack[j] = u[j] > 0 ? upper(n, j) - center[j] : center[j] - lower(n, j);
        }
        clip(n, point);
        if (norm.distance(point, center) <= radius) {
            return;
        }
        if (norm == Norm.L2) {
            double scale = RowProjection.l2Scale(u, slack, radius);
            for (int j = 0; j < u.length; j++) {
                point[j] = center[j] + scale * u[j];
            }
        } else {
            double tau = RowProjection.l1Threshold(u, slack, radius);
            for (int j = 0; j < u.length; j++) {
                point[j] = center[j] + Math.signum(u[j]) * Math.max(Math.abs(u[j]) - tau, 0);
            }
        }
        clip(n, point);
    }

    /**
     * Draws a point of the ball uniformly, then clips it to box and limits.
     *
     * @param n the sample's row
     * @param seed with the sample's values it determines the draw
     * @return a fresh row
     * @throws IllegalStateException if the radius is infinite
     */
    public double[] randomPoint(int n, long seed) {
        if (epsilon == Double.POSITIVE_INFINITY) {
            throw new IllegalStateException("a ball of infinite radius has no uniform distribution");
        }
        SplittableRandom random = SampleRandom.forSample(seed, centers[n]);
        double[] point = BallDraw.uniform(norm, epsilon, lower.length, random);
        for (int j = 0; j < point.length; j++) {
            point[j] += centers[n][j];
        }
        clip(n, point);
        return point;
    }
}
