package org.jacreg.attacks.threat;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sets that are worked on row by row in double: l1 balls, ranges and frozen features. */
final class RowFeasibleSet implements FeasibleSet {

    private final Centers centers;
    private final Region region;

    RowFeasibleSet(Centers centers, Region region) {
        this.centers = centers;
        this.region = region;
    }

    /** What is done to a row. */
    @FunctionalInterface
    private interface RowChange {
        void apply(int n, double[] point);
    }

    @Override
    public void project(INDArray points) {
        change(points, region::project);
    }

    @Override
    public void rescaleThenClip(INDArray points) {
        change(points, (n, point) -> {
            double distance = region.distance(n, point);
            if (region.norm() != Norm.LINF && distance > region.epsilon()) {
                double[] center = region.center(n);
                for (int j = 0; j < point.length; j++) {
                    point[j] = center[j] + (point[j] - center[j]) * (region.epsilon() / distance);
                }
                region.clip(n, point);
            } else {
                region.project(n, point);
            }
        });
    }

    private void change(INDArray points, RowChange change) {
        centers.requireSameShape(points);
        double[] values = Centers.hostValues(points);
        int entries = region.entries();
        double[] point = new double[entries];
        for (int n = 0; n < region.samples(); n++) {
            System.arraycopy(values, n * entries, point, 0, entries);
            change.apply(n, point);
            System.arraycopy(point, 0, values, n * entries, entries);
        }
        points.assign(BoxBounds.toArray(values, centers));
    }

    @Override
    public INDArray randomPoints(long seed) {
        double[][] rows = new double[region.samples()][];
        for (int n = 0; n < rows.length; n++) {
            rows[n] = region.randomPoint(n, seed);
        }
        return Nd4j.createFromArray(rows).castTo(centers.array().dataType());
    }

    @Override
    public Optional<FusedStep> fusedStep(double stepSize, Projection projection) {
        return Optional.empty();
    }

    @Override
    public double[] distances(INDArray points) {
        centers.requireSameShape(points);
        return region.norm().distances(points, centers.array());
    }
}
