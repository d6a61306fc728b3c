package org.jacreg.attacks.threat;

import java.util.Optional;
import java.util.SplittableRandom;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Euclidean balls in a box. */
final class L2FeasibleSet implements FeasibleSet {

    private final Centers centers;
    private final InputBox box;
    private final double epsilon;
    private final BoxSlack slack;

    /** {@code lower - x} and {@code upper - x}, and a buffer of the same shape. */
    private final INDArray least;

    private final INDArray greatest;
    private final INDArray buffer;

    L2FeasibleSet(Centers centers, InputBox box, double epsilon) {
        this.centers = centers;
        this.box = box;
        this.epsilon = epsilon;
        this.slack = BoxSlack.of(centers, box);
        this.least = centers.array().rsub(box.lower());
        this.greatest = centers.array().rsub(box.upper());
        this.buffer = centers.array().ulike();
    }

    @Override
    public void project(INDArray points) {
        centers.requireSameShape(points);
        points.subi(centers.array());
        buffer.assign(points);
        clipPerturbation(buffer);
        double[] norms = Norm.L2.of(buffer);
        if (allWithin(norms)) {
            points.assign(buffer);
        } else {
            points.muli(scales(points, norms));
            clipPerturbation(points);
        }
        points.addi(centers.array());
        BoxBounds.clip(points, box);
    }

    /** {@code [N, 1]}: the factor of every perturbation, 1 where clipping alone brings it into the ball. */
    private INDArray scales(INDArray perturbations, double[] clippedNorms) {
        double[] host = Centers.hostValues(perturbations);
        int entries = centers.entries();
        double[] scales = new double[clippedNorms.length];
        for (int n = 0; n < scales.length; n++) {
            scales[n] = clippedNorms[n] <= epsilon ? 1 : slack.scaleIntoBall(host, n * entries, entries, epsilon);
        }
        return column(scales);
    }

    @Override
    public void rescaleThenClip(INDArray points) {
        centers.requireSameShape(points);
        points.subi(centers.array());
        double[] norms = Norm.L2.of(points);
        if (!allWithin(norms)) {
            double[] scales = new double[norms.length];
            for (int n = 0; n < scales.length; n++) {
                scales[n] = norms[n] <= epsilon ? 1 : epsilon / norms[n];
            }
            points.muli(column(scales));
        }
        points.addi(centers.array());
        BoxBounds.clip(points, box);
    }

    @Override
    public INDArray randomPoints(long seed) {
        int entries = centers.entries();
        double[] values = new double[centers.host().length];
        for (int n = 0; n < centers.samples(); n++) {
            SplittableRandom random = SampleRandom.forSample(seed, centers.host(), n * entries, entries);
            System.arraycopy(BallDraw.uniform(Norm.L2, epsilon, entries, random), 0, values, n * entries, entries);
        }
        for (int k = 0; k < values.length; k++) {
            values[k] += centers.host()[k];
        }
        INDArray points = BoxBounds.toArray(values, centers);
        BoxBounds.clip(points, box);
        return points;
    }

    @Override
    public Optional<FusedStep> fusedStep(double stepSize, Projection projection) {
        return L2Rule.holds(epsilon) && L2Rule.holds(stepSize)
                ? FusedStep.of(centers, new L2Rule(epsilon, stepSize, projection, box))
                : Optional.empty();
    }

    @Override
    public double[] distances(INDArray points) {
        centers.requireSameShape(points);
        return Norm.L2.distances(points, centers.array());
    }

    private void clipPerturbation(INDArray perturbations) {
        if (Double.isFinite(box.lower())) {
            Transforms.max(perturbations, least, false);
        }
        if (Double.isFinite(box.upper())) {
            Transforms.min(perturbations, greatest, false);
        }
    }

    private boolean allWithin(double[] norms) {
        for (double norm : norms) {
            if (!(norm <= epsilon)) {
                return false;
            }
        }
        return true;
    }

    private INDArray column(double[] values) {
        return Nd4j.createFromArray(values)
                .reshape('c', values.length, 1)
                .castTo(centers.array().dataType());
    }
}
