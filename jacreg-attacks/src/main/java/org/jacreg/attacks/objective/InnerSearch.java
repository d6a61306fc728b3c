package org.jacreg.attacks.objective;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jacreg.attacks.Ascent;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.FeasibleSet;
import org.jacreg.attacks.threat.Projection;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.LossGradient;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs an {@link InnerAttack} against the weights of the moment. */
final class InnerSearch {

    private final InnerAttack attack;
    private final Classifier model;
    private final Pgd.Options options;

    InnerSearch(InnerAttack attack, Classifier model) {
        this.attack = attack;
        this.model = model;
        this.options = new Pgd.Options(
                attack.threat().ball(),
                attack.steps(),
                attack.stepSize(),
                true,
                1,
                attack.seed(),
                false,
                Projection.EXACT);
    }

    /**
     * Attacks a batch.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param targets {@code [N, C]} distributions; not modified
     * @param iteration what the draws depend on
     * @param counting whether to count at how many points samples survive
     * @throws ArithmeticException if logits or gradients are not finite
     */
    AttackedBatch run(INDArray x, INDArray targets, long iteration, boolean counting) {
        long[] shape = x.shape();
        INDArray centers =
                QuietOps.call(() -> x.castTo(model.dataType()).dup('c').reshape('c', shape[0], -1));
        FeasibleSet feasible = QuietOps.call(() -> attack.threat().around(centers, model.box()));
        INDArray points = QuietOps.call(() -> start(centers, feasible, drawSeed(iteration)));
        Ascent ascent = new Ascent(options, feasible);
        InnerSlope slope = InnerSlope.of(attack.loss(), model, x, targets);
        INDArray shaped = points.reshape('c', shape);
        Survival survival = new Survival(targets);
        for (int k = 0; k < attack.steps(); k++) {
            LossGradient answer = slope.at(shaped);
            if (counting) {
                QuietOps.call(() -> survival.count(answer.logits()));
            }
            ascent.move(points, answer.gradient().reshape('c', points.shape()));
        }
        return new AttackedBatch(shaped, survival);
    }

    /** The seed of the draws of an iteration. */
    long drawSeed(long iteration) {
        return mix(attack.seed()) ^ mix(~iteration);
    }

    /** {@code [N, D]}, an array of its own. */
    INDArray start(INDArray centers, FeasibleSet feasible, long seed) {
        return switch (attack.start()) {
            case INPUT -> centers.dup();
            case UNIFORM -> feasible.randomPoints(seed);
            case GAUSSIAN -> {
                INDArray points = centers.add(noise(centers, seed));
                feasible.project(points);
                yield points;
            }
        };
    }

    /** Every row has a generator of its own, so that rows may be drawn in any order. */
    private static INDArray noise(INDArray centers, long seed) {
        double[][] values = new double[(int) centers.size(0)][(int) centers.size(1)];
        for (int n = 0; n < values.length; n++) {
            SplittableRandom random = new SplittableRandom(mix(seed + n));
            Arrays.setAll(values[n], k -> InnerStart.DEVIATION * random.nextGaussian());
        }
        DataType type = centers.dataType();
        return Nd4j.createFromArray(values).castTo(type);
    }

    /** The finalizer of SplittableRandom: neighbouring numbers become unrelated ones. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
