package org.jacreg.attacks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.SampleRandom;

/** {@link HopSkipJump} on one sample: what it knows of an answer is whether it is a success. */
final class BoundaryWalk {

    /** How many draws of one width are tried where the box is unbounded. */
    static final int DRAWS_PER_WIDTH = 10;

    /** Points per question. */
    private static final int CHUNK = 128;

    /** A step is halved so often at most: then it is below the rounding of the point. */
    private static final int HALVINGS = 40;

    /** The precision of bisection, of the distance, at most: in few dimensions the paper's is too coarse for a distance. */
    private static final double PRECISION = 1e-4;

    /** The share of the box's side at which the first estimate looks, as in the authors' code. */
    private static final double FIRST_DELTA = 0.1;

    private final Oracle oracle;
    private final Region region;
    private final HopSkipJump.Options options;
    private final int row;
    private final double[] center;
    private final SplittableRandom random;
    private final double theta;

    /** Whether points may be drawn from anywhere, even from where the model's numbers overflow: those are no success. */
    private final boolean open;

    BoundaryWalk(Oracle oracle, Region region, HopSkipJump.Options options, int row) {
        this.oracle = oracle;
        this.region = region;
        this.options = options;
        this.row = row;
        this.center = region.center(row);
        this.random = SampleRandom.forSample(options.seed(), center);
        this.open = IntStream.range(0, center.length)
                .anyMatch(j -> Double.isInfinite(region.upper(row, j) - region.lower(row, j)));
        double entries = center.length;
        this.theta = options.gamma() / (options.norm() == Norm.L2 ? entries * Math.sqrt(entries) : entries * entries);
    }

    /** Walks until the iterations or the queries are used up; what was found is with the oracle. */
    void run() {
        if (!findError()) {
            return;
        }
        double[] point = toBoundary(oracle.findings().best(row).clone());
        for (int t = 1; t <= options.iterations() && isWithinBudget(); t++) {
            double distance = region.distance(row, point);
            int evaluations = (int) Math.min(options.maxEvaluations(), options.initialEvaluations() * Math.sqrt(t));
            double[] normal = normalAt(point, deltaFor(t, distance), evaluations);
            double[] beyond = step(point, normal, distance / Math.sqrt(t));
            point = toBoundary(beyond);
        }
    }

    private boolean isWithinBudget() {
        return options.queries().isEmpty()
                || oracle.findings().tally(row).forwards < options.queries().getAsLong();
    }

    /** Draws points until one is a success. */
    private boolean findError() {
        for (int draw = 0; draw < options.initialDraws(); draw++) {
            int doublings = draw / DRAWS_PER_WIDTH;
            double width = Math.pow(2, doublings);
            double[] point = new double[center.length];
            for (int j = 0; j < point.length; j++) {
                double lower = region.lower(row, j);
                double upper = region.upper(row, j);
                point[j] = Double.isInfinite(upper - lower)
                        ? center[j] + width * random.nextGaussian()
                        : lower + (upper - lower) * random.nextDouble();
            }
            region.clip(row, point);
            if (isSuccess(point)) {
                return true;
            }
        }
        return false;
    }

    private boolean isSuccess(double[] point) {
        return areSuccesses(new double[][] {point})[0];
    }

    private boolean[] areSuccesses(double[][] points) {
        int[] rows = new int[points.length];
        Arrays.fill(rows, row);
        double[][] logits = open ? oracle.logitsFarOut(rows, points) : oracle.logits(rows, points);
        boolean[] successes = new boolean[points.length];
        for (int i = 0; i < points.length; i++) {
            successes[i] = logits[i].length > 0 && oracle.isHit(row, logits[i]);
        }
        return successes;
    }

    /** The point nearest to the input that bisection between the input and a success finds. */
    private double[] toBoundary(double[] success) {
        double high = options.norm() == Norm.L2 ? 1 : region.distance(row, success);
        double precision = Math.min(theta, PRECISION) * Math.min(1, high);
        double low = 0;
        double[] found = success;
        while (high - low > precision) {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high) {
                break;
            }
            double[] between = between(success, middle);
            if (isSuccess(between)) {
                high = middle;
                found = between;
            } else {
                low = middle;
            }
        }
        return found;
    }

    /** Nearer to the input by a share of the way (L2), or with no entry farther than a radius (Linf). */
    private double[] between(double[] success, double size) {
        double[] point = success.clone();
        if (options.norm() == Norm.L2) {
            for (int j = 0; j < point.length; j++) {
                point[j] = center[j] + size * (success[j] - center[j]);
            }
            region.clip(row, point);
        } else {
            region.project(row, point, size);
        }
        return point;
    }

    private double deltaFor(int t, double distance) {
        if (t == 1) {
            double side = 0;
            for (int j = 0; j < center.length; j++) {
                side = Math.max(side, region.upper(row, j) - region.lower(row, j));
            }
            return FIRST_DELTA * (Double.isInfinite(side) ? distance : side);
        }
        double entries = center.length;
        return theta * distance * (options.norm() == Norm.L2 ? Math.sqrt(entries) : entries);
    }

    /** The estimated normal of the boundary at a point, towards the successes. */
    private double[] normalAt(double[] point, double delta, int evaluations) {
        double[] hits = new double[center.length];
        double[] all = new double[center.length];
        int successes = 0;
        for (int done = 0; done < evaluations; done += CHUNK) {
            double[][] points = new double[Math.min(CHUNK, evaluations - done)][];
            for (int i = 0; i < points.length; i++) {
                points[i] = around(point, delta);
            }
            boolean[] answers = areSuccesses(points);
            for (int i = 0; i < points.length; i++) {
                successes += answers[i] ? 1 : 0;
                for (int j = 0; j < all.length; j++) {
                    double direction = (points[i][j] - point[j]) / delta;
                    all[j] += direction;
                    hits[j] += answers[i] ? direction : 0;
                }
            }
        }
        // sum_b (phi_b - mean phi) u_b with phi = 2 hit - 1; where all answers agree, the mean of u says where to go or
        // what to avoid
        double share = successes / (double) evaluations;
        double[] normal = new double[center.length];
        for (int j = 0; j < normal.length; j++) {
            normal[j] = share == 0 ? -all[j] : share == 1 ? all[j] : 2 * (hits[j] - share * all[j]);
        }
        return normal;
    }

    /** A point at a distance, in a random direction: Gaussian under L2, uniform entries under Linf, as in the authors' code. */
    private double[] around(double[] point, double delta) {
        double[] direction = new double[center.length];
        double squares = 0;
        for (int j = 0; j < direction.length; j++) {
            double draw = options.norm() == Norm.L2 ? random.nextGaussian() : 2 * random.nextDouble() - 1;
            direction[j] = region.lower(row, j) < region.upper(row, j) ? draw : 0;
            squares += direction[j] * direction[j];
        }
        double scale = squares > 0 ? delta / Math.sqrt(squares) : 0;
        for (int j = 0; j < direction.length; j++) {
            direction[j] = point[j] + scale * direction[j];
        }
        region.clip(row, direction);
        return direction;
    }

    /** A success along the normal, or the point itself where there is none. */
    private double[] step(double[] point, double[] normal, double size) {
        double length = options.norm() == Norm.L2 ? Norm.L2.distance(normal, new double[normal.length]) : 1;
        double step = size;
        for (int halving = 0; halving < HALVINGS && length > 0; halving++) {
            double[] next = point.clone();
            for (int j = 0; j < next.length; j++) {
                next[j] += step * (options.norm() == Norm.L2 ? normal[j] / length : Math.signum(normal[j]));
            }
            region.clip(row, next);
            if (isSuccess(next)) {
                return next;
            }
            step /= 2;
        }
        return point;
    }
}
