package org.jacreg.bounds.rademacher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The projected gradient ascent of one draw of signs. One thread at a time.
 *
 * <p>A step moves every weight by {@code stepSize * decay * reach} along its normalised gradient, reach being the radius of its
 * ball and decay falling from 1 to 0 as half a cosine, and projects it onto its ball.
 */
final class DrawAscent implements AutoCloseable {

    private final ClassObjective objective;
    private final Map<String, WeightBall> balls;
    private final NetworkAscent.Options options;
    private final List<Map<String, INDArray>> batches = new ArrayList<>();
    private final Map<String, INDArray> start = new LinkedHashMap<>();
    private final Map<String, INDArray> gradients;
    private final int size;

    /** Takes over the objective, and closes it. */
    DrawAscent(
            ClassObjective objective, NetworkClass network, NetworkAscent.Options options, INDArray x, int[] labels) {
        this.objective = objective;
        this.balls = network.balls();
        this.options = options;
        this.size = Math.toIntExact(x.size(0));
        for (int first = 0; first < size; first += options.batch()) {
            INDArray part = x.get(NDArrayIndex.interval(first, Math.min(size, first + options.batch())));
            batches.add(objective.batch(part.reshape(rows(part, x)), labels, first));
        }
        objective.weights().forEach((name, weight) -> start.put(name, weight.dup('c')));
        gradients = objective.room();
    }

    /** A single row keeps its axis. */
    private static long[] rows(INDArray part, INDArray x) {
        long[] shape = x.shape().clone();
        shape[0] = part.length() / (x.length() / x.size(0));
        return shape;
    }

    /** The largest {@code (1/n) sum_i sigma_i f(x_i)} that was met. */
    double best(double[] draw, long seed) {
        List<INDArray> signs = new ArrayList<>();
        for (int first = 0; first < size; first += options.batch()) {
            signs.add(objective.signs(draw, first, Math.min(options.batch(), size - first)));
        }
        SplittableRandom random = new SplittableRandom(seed);
        double best = Double.NEGATIVE_INFINITY;
        for (int start = 0; start < options.starts(); start++) {
            if (start == 0) {
                fromPresentWeights();
            } else {
                fromTheSphere(random);
            }
            best = Math.max(best, climb(signs));
        }
        return best / size;
    }

    private void fromPresentWeights() {
        objective.weights().forEach((name, weight) -> {
            weight.assign(start.get(name));
            ball(name).project(weight);
        });
    }

    private void fromTheSphere(SplittableRandom random) {
        objective.weights().forEach((name, weight) -> {
            double[] entries = new double[Math.toIntExact(weight.length())];
            for (int i = 0; i < entries.length; i++) {
                entries[i] = Multipliers.normal(random);
            }
            INDArray point = Nd4j.createFromArray(entries);
            point.muli(ball(name).reach(weight.shape()) / LpNorm.L2.of(entries));
            weight.assign(point.reshape(weight.shape()).castTo(weight.dataType()));
            ball(name).project(weight);
        });
    }

    private WeightBall ball(String name) {
        return java.util.Objects.requireNonNull(balls.get(name), name);
    }

    private double climb(List<INDArray> signs) {
        double best = evaluated(signs);
        for (int step = 0; step < options.steps(); step++) {
            double decay = (1 + Math.cos(Math.PI * step / options.steps())) / 2;
            objective.weights().forEach((name, weight) -> move(name, weight, options.stepSize() * decay));
            best = Math.max(best, evaluated(signs));
        }
        return best;
    }

    private double evaluated(List<INDArray> signs) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the thread was interrupted; no estimate");
        }
        double value = objective.evaluate(batches, signs, gradients);
        if (!Double.isFinite(value)) {
            throw overflow("objective", value);
        }
        return value;
    }

    private static ArithmeticException overflow(String what, double value) {
        return new ArithmeticException("the " + what + " of the ascent is " + value
                + ": the network overflows for weights in the class; take smaller balls, or scale the inputs");
    }

    private void move(String name, INDArray weight, double step) {
        INDArray gradient = java.util.Objects.requireNonNull(gradients.get(name), name);
        double norm = gradient.norm2Number().doubleValue();
        if (!(norm < Double.POSITIVE_INFINITY)) {
            throw overflow("gradient by '" + name + "' of the objective", norm);
        }
        if (norm > 0) {
            WeightBall ball = ball(name);
            weight.addi(gradient.mul(step * ball.reach(weight.shape()) / norm));
            ball.project(weight);
        }
    }

    @Override
    public void close() {
        objective.close();
    }
}
