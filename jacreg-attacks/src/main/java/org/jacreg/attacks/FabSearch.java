package org.jacreg.attacks;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.attacks.threat.SampleRandom;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link Fab}. */
final class FabSearch {

    /** Distances below this count as this, so that a point on the boundary has a weight. */
    private static final double LEAST_DISTANCE = 1e-8;

    private final Fab.Options options;
    private final double radius;
    private final Oracle oracle;
    private final Region region;
    private final Boundaries boundaries;
    private final int[][] rivals;
    private final double[] walked;

    /** {@code radius} is that of the ball in which a success counts and ends the search; infinite to look for the nearest success. */
    FabSearch(Fab.Options options, double radius, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        this.radius = radius;
        Search search = Search.closest(options.norm(), options.targeted()).within(radius);
        this.oracle = Oracle.of(model, x, y, search, listener);
        int others = oracle.classes() - 1;
        if (options.targetClasses() > others) {
            throw new IllegalArgumentException("FAB: targetClasses is " + options.targetClasses()
                    + ", but there are only " + others + " classes beside a sample's own; set at most that many");
        }
        this.region = QuietOps.call(() -> Region.unbounded(
                options.norm(), options.limits(), oracle.batch().points(), model.box()));
        this.boundaries = new Boundaries(oracle, region, options.norm());
        this.rivals = boundaries.rivals(options.targetClasses() > 0 ? options.targetClasses() : others);
        this.walked = new double[oracle.size()];
    }

    AttackResult run(String name) {
        int targets = Math.max(1, options.targetClasses());
        long passes = (long) options.restarts() * targets;
        for (int restart = 0; restart < options.restarts(); restart++) {
            for (int target = 0; target < targets; target++) {
                int pass = restart * targets + target;
                pass(restart, pass, options.targetClasses() > 0 ? only(target) : rivals, passes * options.steps());
            }
        }
        if (radius == Double.POSITIVE_INFINITY) {
            new Refinement(oracle, region, options.targeted()).run(options.finalSteps());
        }
        oracle.progress(passes * options.steps(), passes * options.steps());
        return oracle.result(name, options.seed());
    }

    private int[][] only(int target) {
        return Arrays.stream(rivals).map(classes -> new int[] {classes[target]}).toArray(int[][]::new);
    }

    private boolean isOpen(int row) {
        return radius == Double.POSITIVE_INFINITY
                ? !oracle.findings().isHitFromTheStart(row)
                : !oracle.findings().isBroken(row);
    }

    private void pass(int restart, int pass, int[][] classes, long total) {
        int[] rows = Arrays.stream(oracle.all())
                .filter(row -> isOpen(row) && (restart == 0 || startRadius(row) > 0))
                .toArray();
        double[][] starts = oracle.copies(rows);
        if (restart > 0) {
            Arrays.setAll(starts, i -> randomStart(rows[i], pass));
        }
        Active active = new Active(rows, starts);
        for (int step = 0; step < options.steps() && !active.isEmpty(); step++) {
            oracle.progress((long) pass * options.steps() + step + 1, total);
            Boundaries.Boundary[] near = options.targeted()
                    ? boundaries.towardsLabel(active.rows(), active.points())
                    : boundaries.nearest(active.rows(), active.points(), classes);
            int[] moving = active.keep(i -> !near[i].isOutOfReach());
            for (int i = 0; i < active.size(); i++) {
                step(active.row(i), active.point(i), near[moving[i]]);
            }
            double[][] logits = oracle.logits(active.rows(), active.points());
            for (int i = 0; i < active.size(); i++) {
                walked[active.row(i)] = region.distance(active.row(i), active.point(i));
                if (oracle.isHit(active.row(i), logits[i])) {
                    stepBack(active.row(i), active.point(i));
                }
            }
            active.keep(i -> isOpen(active.row(i)));
        }
    }

    /** To the boundary and a little over it, from the point and from the input, and between the two. */
    private void step(int row, double[] point, Boundaries.Boundary near) {
        Norm norm = options.norm();
        double[] input = oracle.input(row);
        double[] fromPoint = HyperplaneProjection.displacement(norm, region, row, point, near.normal(), -near.value());
        double atInput = near.value();
        for (int j = 0; j < point.length; j++) {
            atInput += near.normal()[j] * (input[j] - point[j]);
        }
        double[] fromInput = HyperplaneProjection.displacement(norm, region, row, input, near.normal(), -atInput);
        double a1 = Math.max(LEAST_DISTANCE, norm.length(fromPoint));
        double a2 = Math.max(LEAST_DISTANCE, norm.length(fromInput));
        double alpha = Math.min(a1 / (a1 + a2), options.alphaMax());
        for (int j = 0; j < point.length; j++) {
            point[j] = (1 - alpha) * (point[j] + options.eta() * fromPoint[j])
                    + alpha * (input[j] + options.eta() * fromInput[j]);
        }
        region.clip(row, point);
    }

    private void stepBack(int row, double[] point) {
        double[] input = oracle.input(row);
        for (int j = 0; j < point.length; j++) {
            point[j] = input[j] + options.beta() * (point[j] - input[j]);
        }
        region.clip(row, point);
    }

    /** Half the radius, or half the distance of the best success, or of the last point reached. */
    private double startRadius(int row) {
        if (radius < Double.POSITIVE_INFINITY) {
            return radius / 2;
        }
        double found = oracle.findings().distance(row);
        return (found < Double.POSITIVE_INFINITY ? found : walked[row]) / 2;
    }

    private double[] randomStart(int row, int pass) {
        SplittableRandom random = SampleRandom.forSample(Seeds.restart(options.seed(), pass), oracle.input(row));
        double[] point = new double[oracle.entries()];
        for (int j = 0; j < point.length; j++) {
            point[j] = options.norm() == Norm.LINF ? 2 * random.nextDouble() - 1 : random.nextGaussian();
        }
        double scale = startRadius(row) / options.norm().length(point);
        for (int j = 0; j < point.length; j++) {
            point[j] = oracle.input(row)[j] + scale * point[j];
        }
        region.clip(row, point);
        return point;
    }
}
