package org.jacreg.attacks.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Attacks batch after batch and counts what stays robust. */
final class CurveCounter {

    private final Classifier model;
    private final List<DoubleFunction<? extends Attack>> attacks;
    private final double[] epsilons;
    private final ProgressListener listener;
    private final long total;

    private final List<Double> brokenAt = new ArrayList<>();
    private final List<Set<String>> names = new ArrayList<>();
    private final long[] gradients;
    private final long[] nanos;
    private @Nullable Norm norm;
    private long done;

    CurveCounter(
            Classifier model,
            List<DoubleFunction<? extends Attack>> attacks,
            double[] epsilons,
            ProgressListener listener,
            long total) {
        this.model = model;
        this.attacks = List.copyOf(attacks);
        this.epsilons = epsilons;
        this.listener = listener;
        this.total = total;
        this.gradients = new long[epsilons.length];
        this.nanos = new long[epsilons.length];
        for (int e = 0; e < epsilons.length; e++) {
            names.add(new LinkedHashSet<>());
        }
    }

    void add(INDArray x, int[] labels) {
        INDArray inputs = x.castTo(model.dataType());
        double[] broken = new double[labels.length];
        int[] predicted = model.logits(inputs).argMax(1).toIntVector();
        for (int n = 0; n < labels.length; n++) {
            broken[n] = predicted[n] == labels[n] ? Double.POSITIVE_INFINITY : 0;
        }
        for (int e = 0; e < epsilons.length; e++) {
            long start = System.nanoTime();
            for (DoubleFunction<? extends Attack> attackAt : attacks) {
                attackRobust(e, attackAt.apply(epsilons[e]), inputs, labels, broken);
            }
            nanos[e] += System.nanoTime() - start;
            done += labels.length;
            listener.progress(done, total);
        }
        for (double epsilon : broken) {
            brokenAt.add(epsilon);
        }
    }

    private void attackRobust(int e, Attack attack, INDArray inputs, int[] labels, double[] broken) {
        int[] rows = IntStream.range(0, labels.length)
                .filter(n -> broken[n] == Double.POSITIVE_INFINITY)
                .toArray();
        names.get(e).add(attack.toString());
        if (rows.length == 0) {
            return;
        }
        if (listener.isCancelled()) {
            throw new CancellationException("evaluation cancelled at epsilon " + epsilons[e]);
        }
        INDArray part = select(inputs, rows);
        int[] partLabels = IntStream.of(rows).map(row -> labels[row]).toArray();
        AttackResult result = attack.attack(model, part, Nd4j.createFromArray(partLabels), cancelOnly());
        gradients[e] += result.gradients();
        boolean[] success = verified(result, part, partLabels, epsilons[e]);
        for (int k = 0; k < rows.length; k++) {
            if (success[k]) {
                broken[rows[k]] = epsilons[e];
            }
        }
    }

    private boolean[] verified(AttackResult result, INDArray inputs, int[] labels, double epsilon) {
        Norm same = norm == null ? result.norm() : norm;
        norm = same;
        if (result.targeted() || result.norm() != same) {
            throw new IllegalStateException(
                    "evaluation: expected untargeted attacks in one norm (" + same + "), got " + result.attack());
        }
        return new SuccessCheck(model, same, epsilon).verified(result, inputs, labels);
    }

    /** The samples at some rows; the array itself if these are all rows. */
    private static INDArray select(INDArray samples, int[] rows) {
        if (rows.length == samples.size(0)) {
            return samples;
        }
        long[] shape = samples.shape().clone();
        INDArray flat = samples.dup('c').reshape('c', shape[0], -1);
        shape[0] = rows.length;
        return Nd4j.pullRows(flat, 1, rows).reshape('c', shape);
    }

    private ProgressListener cancelOnly() {
        return new ProgressListener() {
            @Override
            public void progress(long steps, long of) {}

            @Override
            public boolean isCancelled() {
                return listener.isCancelled();
            }
        };
    }

    RobustnessCurve curve(double confidence) {
        if (brokenAt.isEmpty()) {
            throw new IllegalArgumentException("evaluation: no example; was the iterator already at its end?");
        }
        List<RobustnessCurve.Point> points = new ArrayList<>();
        points.add(point(0, List.of(), 0, 0, confidence));
        for (int e = 0; e < epsilons.length; e++) {
            points.add(point(epsilons[e], List.copyOf(names.get(e)), gradients[e], nanos[e] / 1e9, confidence));
        }
        return new RobustnessCurve(points, brokenAt);
    }

    private RobustnessCurve.Point point(
            double epsilon, List<String> configurations, long gradientCount, double seconds, double confidence) {
        long robust = brokenAt.stream().filter(broken -> broken > epsilon).count();
        int examples = brokenAt.size();
        return new RobustnessCurve.Point(
                epsilon,
                robust,
                robust / (double) examples,
                ConfidenceInterval.clopperPearson(robust, examples, confidence),
                configurations,
                gradientCount,
                seconds);
    }
}
