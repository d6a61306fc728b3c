package org.jacreg.attacks.threat;

import java.util.Optional;
import java.util.SplittableRandom;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Linf balls in a box: the product of one interval per entry. */
final class LinfFeasibleSet implements FeasibleSet {

    private final Centers centers;
    private final InputBox box;
    private final double epsilon;
    private final INDArray least;
    private final INDArray greatest;

    LinfFeasibleSet(Centers centers, InputBox box, double epsilon) {
        this.centers = centers;
        this.box = box;
        this.epsilon = epsilon;
        this.least = centers.array().sub(epsilon);
        this.greatest = centers.array().add(epsilon);
        BoxBounds.clip(least, box);
        BoxBounds.clip(greatest, box);
    }

    @Override
    public void project(INDArray points) {
        centers.requireSameShape(points);
        Transforms.max(points, least, false);
        Transforms.min(points, greatest, false);
    }

    @Override
    public void rescaleThenClip(INDArray points) {
        project(points);
    }

    @Override
    public INDArray randomPoints(long seed) {
        int entries = centers.entries();
        double[] values = centers.host().clone();
        for (int n = 0; n < centers.samples(); n++) {
            SplittableRandom random = SampleRandom.forSample(seed, centers.host(), n * entries, entries);
            for (int k = n * entries; k < (n + 1) * entries; k++) {
                values[k] += epsilon * (2 * random.nextDouble() - 1);
            }
        }
        INDArray points = BoxBounds.toArray(values, centers);
        project(points);
        return points;
    }

    /** Both projections are the same here. */
    @Override
    public Optional<FusedStep> fusedStep(double stepSize, Projection projection) {
        return FusedStep.of(centers, new LinfRule(epsilon, stepSize, box));
    }

    @Override
    public double[] distances(INDArray points) {
        centers.requireSameShape(points);
        return Norm.LINF.distances(points, centers.array());
    }
}
