package org.jacreg.attacks;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jacreg.attacks.threat.FeasibleSet;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.CrossEntropySteps;
import org.jacreg.classifier.LossGradient;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Projected steepest ascent on the cross-entropy (targeted: descent), which FGSM and PGD are.
 *
 * @param options what to do
 * @param name the attack's configuration, for the result
 */
record GradientSearch(Pgd.Options options, String name) {

    /** On arrays where the norm is Linf or L2 and features have no limits of their own, else on rows. */
    static AttackResult attack(
            Pgd.Options options, String name, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        boolean arrays =
                options.threat().norm() != Norm.L1 && options.threat().limits().equals(FeatureLimits.none());
        return arrays
                ? new GradientSearch(options, name).run(model, x, y, listener)
                : new RowSearch(options, 0, name).run(model, x, y, listener);
    }

    AttackResult run(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        long start = System.nanoTime();
        AttackBatch batch = QuietOps.call(() -> AttackBatch.of(model, x, y));
        PointTracker tracker = QuietOps.call(() -> new PointTracker(batch, options.targeted()));
        FeasibleSet feasible = feasibleAround(batch, model);
        if (options.randomStart()) {
            evaluate(model, batch.points(), tracker);
        }
        climb(model, feasible, startIn(feasible, batch, 0), tracker, 0, listener);
        for (int restart = 1; restart < options.restarts(); restart++) {
            int[] rows = tracker.unbroken();
            if (rows.length == 0) {
                break;
            }
            PointTracker part = tracker.forRows(rows);
            FeasibleSet around = feasibleAround(part.batch(), model);
            climb(model, around, startIn(around, part.batch(), restart), part, restart, listener);
            tracker.takeBack(rows, part);
        }
        return result(tracker, start);
    }

    /** Climbs once, from points {@code [N, *inputShape]} that must lie in ball and box; not modified. */
    AttackResult runFrom(Classifier model, INDArray x, INDArray y, INDArray points) {
        long start = System.nanoTime();
        AttackBatch batch = QuietOps.call(() -> AttackBatch.of(model, x, y));
        PointTracker tracker = QuietOps.call(() -> new PointTracker(batch, options.targeted()));
        evaluate(model, batch.points(), tracker);
        INDArray from = batch.flat(points.castTo(model.dataType()).dup('c'));
        climb(model, feasibleAround(batch, model), from, tracker, 0, ProgressListener.none());
        return result(tracker, start);
    }

    private AttackResult result(PointTracker tracker, long start) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return QuietOps.call(() -> tracker.result(options.ball().norm(), name, options.seed(), elapsed));
    }

    private FeasibleSet feasibleAround(AttackBatch batch, Classifier model) {
        return QuietOps.call(() -> options.ball().around(batch.points(), model.box()));
    }

    private INDArray startIn(FeasibleSet feasible, AttackBatch batch, int restart) {
        return QuietOps.call(() -> options.randomStart()
                ? feasible.randomPoints(Seeds.restart(options.seed(), restart))
                : batch.points().dup());
    }

    /** Climbs from {@code points}, which are moved. */
    private void climb(
            Classifier model,
            FeasibleSet feasible,
            INDArray points,
            PointTracker tracker,
            int restart,
            ProgressListener listener) {
        AttackBatch batch = tracker.batch();
        Ascent ascent = new Ascent(options, feasible);
        CrossEntropySteps steps = model.crossEntropySteps(batch.labels());
        INDArray shaped = batch.shaped(points);
        for (int k = 0; k < options.steps(); k++) {
            if (listener.isCancelled() || Thread.currentThread().isInterrupted()) {
                throw new CancellationException(name + " was cancelled or its thread interrupted after " + k + " of "
                        + options.steps() + " steps");
            }
            LossGradient answer = steps.at(shaped);
            tracker.offer(points, Scores.of(answer.logits(), batch.labels()));
            tracker.countGradient(ascent.move(points, batch.flat(answer.gradient())));
            listener.progress((long) restart * options.steps() + k + 1, (long) options.restarts() * options.steps());
        }
        evaluate(model, points, tracker);
    }

    private static void evaluate(Classifier model, INDArray points, PointTracker tracker) {
        AttackBatch batch = tracker.batch();
        INDArray logits = model.logits(batch.shaped(points));
        tracker.offer(points, Scores.of(logits, batch.labels()));
        tracker.countForward();
    }
}
