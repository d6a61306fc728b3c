package org.jacreg.attacks.objective;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.attacks.Ascent;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.FeasibleSet;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.runtime.GraphRunner;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.GradientStep;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A run of free adversarial training: carries the perturbation from step to step. */
final class FreeSession implements Objective.Session {

    private final FreeAdversarialTraining.Options options;
    private final SameDiff sd;
    private final String input;
    private final Pgd.Options step;
    private @Nullable Perturbed current;
    private @Nullable INDArray perturbation;
    private @Nullable GraphRunner slope;
    private int epoch = -1;

    FreeSession(FreeAdversarialTraining.Options options, SameDiff graph, String input) {
        this.options = options;
        this.sd = graph;
        this.input = input;
        this.step =
                new Pgd.Options(options.threat().ball(), 1, options.stepSize(), true, 1, 0, false, Projection.EXACT);
    }

    /** A batch around its inputs, {@code [N, D]}. */
    private record Perturbed(INDArray centers, INDArray points, FeasibleSet feasible) {}

    @Override
    public int replays() {
        return options.replays();
    }

    @Override
    public Set<String> alsoDifferentiated() {
        return Set.of(input);
    }

    @Override
    public Map<String, INDArray> prepare(TrainingBatch batch) {
        INDArray x = batch.floatingPoint(input, "free adversarial training");
        Perturbed perturbed;
        if (batch.training()) {
            if (batch.epoch() != epoch) {
                perturbation = null;
                epoch = batch.epoch();
            }
            perturbed = QuietOps.call(() -> around(x, perturbation));
            current = perturbed;
        } else {
            perturbed = QuietOps.call(() -> around(x, null));
            INDArray gradient = slope(batch.placeholders());
            QuietOps.call(() -> move(perturbed, perturbed.points(), gradient));
        }
        Map<String, INDArray> values = new HashMap<>(batch.placeholders());
        values.put(input, perturbed.points().reshape('c', x.shape()));
        return values;
    }

    private Perturbed around(INDArray x, @Nullable INDArray carried) {
        INDArray centers = x.dup('c').reshape('c', x.size(0), -1);
        FeasibleSet feasible = options.threat().around(centers, options.box());
        INDArray points = centers.dup();
        if (carried != null && carried.size(1) == centers.size(1)) {
            long both = Math.min(carried.size(0), centers.size(0));
            points.get(NDArrayIndex.interval(0, both), NDArrayIndex.all())
                    .addi(carried.get(NDArrayIndex.interval(0, both), NDArrayIndex.all()));
            feasible.project(points);
        }
        return new Perturbed(centers, points, feasible);
    }

    private INDArray move(Perturbed perturbed, INDArray points, INDArray gradient) {
        new Ascent(step, perturbed.feasible()).move(points, gradient.dup('c').reshape('c', points.shape()));
        return points;
    }

    @Override
    public void beforeUpdate(GradientStep computed) {
        Perturbed perturbed = current;
        if (perturbed == null) {
            throw new IllegalStateException("no batch was prepared");
        }
        // What was fed is not moved: it is the step's until the next one is prepared.
        perturbation = QuietOps.call(() -> move(perturbed, perturbed.points().dup(), computed.gradient(input))
                .subi(perturbed.centers()));
    }

    /** The gradient of the losses by the input, at the data as it is. */
    private INDArray slope(Map<String, INDArray> fed) {
        GraphRunner runner = slope;
        if (runner == null) {
            runner = GraphRunner.of(sd, List.of(), List.of(input));
            slope = runner;
        }
        return runner.run(fed).get(0);
    }

    @Override
    public void close() {
        if (slope != null) {
            slope.close();
        }
    }
}
