package org.jacreg.attacks.threat;

import java.util.Optional;
import java.util.SplittableRandom;
import org.jacreg.classifier.InputBox;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Linf balls in a box: the product of one interval per entry. */
final class LinfFeasibleSet implements FeasibleSet {

    private final Centers centers;
    private final InputBox box;
    private final double epsilon;

    /** Made when they are first needed: a fused step computes them again at every entry, which is cheaper than to read them. */
    private @Nullable Bounds bounds;

    LinfFeasibleSet(Centers centers, InputBox box, double epsilon) {
        this.centers = centers;
        this.box = box;
        this.epsilon = epsilon;
    }

    private record Bounds(INDArray least, INDArray greatest) {}

    private Bounds bounds() {
        Bounds known = bounds;
        if (known == null) {
            known = new Bounds(centers.array().sub(epsilon), centers.array().add(epsilon));
            BoxBounds.clip(known.least, box);
            BoxBounds.clip(known.greatest, box);
            bounds = known;
        }
        return known;
    }

    @Override
    public void project(INDArray points) {
        centers.requireSameShape(points);
        Transforms.max(points, bounds().least, false);
        Transforms.min(points, bounds().greatest, false);
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
