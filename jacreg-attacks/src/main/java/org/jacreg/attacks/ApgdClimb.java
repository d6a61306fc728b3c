package org.jacreg.attacks;

import java.util.SplittableRandom;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.SampleRandom;

/** One sample's way up within one radius: iterates, the best of them, and the length of the next step. */
final class ApgdClimb {

    /** The share of entries in the first sparse step. */
    private static final double FIRST_DENSITY = .2;

    /** Under l1: a step is taken by a share of the best perturbation's entries, and grows shorter, by this factor. */
    private static final double SPARSER = 1.5;

    /** Under l1: the perturbation has become sparser if fewer than this share of its entries are left. */
    private static final double STILL_AS_DENSE = .95;

    private static final double SHORTEST = .1;

    final int row;
    private final Region region;
    private final double radius;
    private final ApgdRule rule;
    private double[] point;
    private double[] before;
    private double[] gradient;
    private double[] best;
    private double[] bestGradient;
    private double value;
    private double bestValue;
    private double bestAtCheck;
    private boolean halvedAtCheck = true;
    private double step;
    private int iteration;
    private int rises;
    private int entries;
    private int support;

    /** The two numbers that the method has: how much of a step is new, and how many steps of a window must rise. */
    record ApgdRule(double inertia, double progress) {}

    ApgdClimb(Region region, int row, double radius, ApgdRule rule, double[] start, boolean continued) {
        this.region = region;
        this.row = row;
        this.radius = radius;
        this.rule = rule;
        this.point = start;
        this.before = start;
        this.best = start;
        this.gradient = new double[0];
        this.bestGradient = gradient;
        this.step = longestStep();
        this.support = continued ? changed(start) : start.length;
        this.entries = continued ? sparser(support) : Math.max(1, (int) (FIRST_DENSITY * start.length));
    }

    /** A point on the sphere around a sample, in a random direction, or under l1 the nearest point of ball and box to a Gaussian one. */
    static double[] randomStart(Region region, int row, double radius, long seed) {
        double[] center = region.center(row);
        SplittableRandom random = SampleRandom.forSample(seed, center);
        double[] direction = new double[center.length];
        for (int j = 0; j < direction.length; j++) {
            direction[j] = region.norm() == Norm.LINF ? 2 * random.nextDouble() - 1 : random.nextGaussian();
        }
        RowStep.mask(region, row, direction);
        double length =
                region.norm() == Norm.L1 ? radius : region.norm().distance(direction, new double[center.length]);
        double[] start = center.clone();
        if (length > 0) {
            for (int j = 0; j < start.length; j++) {
                start[j] += radius * (direction[j] / length);
            }
        }
        region.project(row, start, radius);
        return start;
    }

    double[] point() {
        return point;
    }

    /** The iterate of highest value. */
    double[] best() {
        return best;
    }

    /** Takes the value and the gradient at the start. */
    void begin(double startValue, double[] startGradient) {
        RowStep.mask(region, row, startGradient);
        value = startValue;
        gradient = startGradient;
        bestValue = startValue;
        bestAtCheck = startValue;
        bestGradient = startGradient;
        // the oracle has rounded the point in place; copies are taken before it moves
        best = point.clone();
        before = best;
    }

    /** Moves on: a step and the projection, then, except under l1, a part of the way before. */
    void move() {
        double[] next = point.clone();
        if (region.norm() == Norm.L1) {
            RowStep.spend(region, row, next, gradient, step, entries);
        } else {
            RowStep.add(region.norm(), next, gradient, step);
            region.project(row, next, radius);
            double fresh = iteration == 0 ? 1 : rule.inertia();
            for (int j = 0; j < next.length; j++) {
                next[j] = point[j] + fresh * (next[j] - point[j]) + (1 - fresh) * (point[j] - before[j]);
            }
        }
        region.project(row, next, radius);
        before = point;
        point = next;
        iteration++;
    }

    /** Takes the value and the gradient at the new point. */
    void arrive(double newValue, double[] newGradient) {
        RowStep.mask(region, row, newGradient);
        rises += newValue > value ? 1 : 0;
        value = newValue;
        gradient = newGradient;
        if (newValue > bestValue) {
            bestValue = newValue;
            best = point.clone();
            bestGradient = newGradient;
        }
    }

    /** Looks back on a window of steps, and may shorten the next ones and go back to the best point. */
    void check(int window) {
        if (region.norm() == Norm.L1) {
            checkSupport();
        } else {
            boolean tooFewRises = rises <= rule.progress() * window;
            boolean noGain = !halvedAtCheck && bestAtCheck >= bestValue;
            halvedAtCheck = tooFewRises || noGain;
            bestAtCheck = bestValue;
            if (halvedAtCheck) {
                step /= 2;
                backToBest();
            }
        }
        rises = 0;
    }

    private void checkSupport() {
        int now = changed(best);
        boolean sparser = now < STILL_AS_DENSE * support;
        entries = sparser(now);
        step = sparser ? longestStep() : Math.max(step / SPARSER, SHORTEST * longestStep());
        support = now;
        if (sparser) {
            backToBest();
        }
    }

    /** Rounded down, or two entries of equal gain would be moved together for ever where one of them is the optimum. */
    private static int sparser(int entries) {
        return Math.max(1, (int) (entries / SPARSER));
    }

    private void backToBest() {
        point = best.clone();
        gradient = bestGradient;
    }

    private double longestStep() {
        return region.norm() == Norm.L1 ? radius : 2 * radius;
    }

    private int changed(double[] a) {
        double[] center = region.center(row);
        int count = 0;
        for (int j = 0; j < a.length; j++) {
            count += a[j] != center[j] ? 1 : 0;
        }
        return count;
    }
}
