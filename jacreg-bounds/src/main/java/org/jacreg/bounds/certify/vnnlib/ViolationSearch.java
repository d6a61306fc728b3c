package org.jacreg.bounds.certify.vnnlib;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.JacobianBounds;
import org.jacreg.bounds.certify.OutputBounds;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Looks for points that violate one case of a property, by steps along the sign of the gradient, and checks them. */
final class ViolationSearch {

    private static final int STEPS = 20;

    private final BoundGraph graph;
    private final Arithmetic arithmetic;
    private final @Nullable Classifier model;
    private final VnnLibProperty.Case wanted;

    ViolationSearch(BoundGraph graph, Arithmetic arithmetic, @Nullable Classifier model, VnnLibProperty.Case wanted) {
        this.graph = graph;
        this.arithmetic = arithmetic;
        this.model = model;
        this.wanted = wanted;
    }

    /** From the middle of a box and from random points of it, towards one alternative. */
    Optional<VnnLibVerdict.Violated> search(
            double[] lower, double[] upper, Alternative alternative, int starts, Random random) {
        for (int start = 0; start < starts; start++) {
            double[] x = middle(lower, upper);
            for (int i = 0; start > 0 && i < x.length; i++) {
                x[i] = clip(lower[i] + random.nextDouble() * (upper[i] - lower[i]), lower[i], upper[i]);
            }
            Optional<VnnLibVerdict.Violated> found = walk(x, lower, upper, alternative);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<VnnLibVerdict.Violated> walk(double[] x, double[] lower, double[] upper, Alternative alternative) {
        for (int step = 0; step <= STEPS; step++) {
            Optional<VnnLibVerdict.Violated> found = check(x);
            int condition = alternative.furthest(graph.logits(x));
            if (found.isPresent() || condition < 0 || step == STEPS) {
                return found;
            }
            double[] slope = gradient(x, alternative.rows()[condition]);
            for (int i = 0; i < x.length; i++) {
                // the first step goes to a corner, later ones are shorter and shorter
                double length = (upper[i] - lower[i]) / (1 + step);
                x[i] = clip(x[i] - Math.signum(slope[i]) * length, lower[i], upper[i]);
            }
        }
        return Optional.empty();
    }

    static double[] middle(double[] lower, double[] upper) {
        double[] x = new double[lower.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = clip(lower[i] / 2 + upper[i] / 2, lower[i], upper[i]);
        }
        return x;
    }

    private static double clip(double x, double lower, double upper) {
        return Math.min(upper, Math.max(lower, x));
    }

    /** The gradient of a functional of the outputs: a direction of search. */
    double[] gradient(double[] x, double[] row) {
        JacobianBounds bounds = JacobianBounds.of(
                        graph,
                        BoundMethod.INTERVAL,
                        BallNorm.LINF,
                        InputBox.unbounded(),
                        Arithmetic.REAL,
                        x,
                        new double[1],
                        new double[][] {row})
                .get(0);
        double[] low = bounds.lower(0);
        double[] high = bounds.upper(0);
        for (int i = 0; i < low.length; i++) {
            low[i] = low[i] / 2 + high[i] / 2;
        }
        return low;
    }

    /** The point as the network's owner can give it to the network, if it is a violation for certain. */
    Optional<VnnLibVerdict.Violated> check(double[] candidate) {
        double[] x = candidate.clone();
        for (int i = 0; i < x.length; i++) {
            x[i] = inside(x[i], i);
        }
        if (!wanted.contains(x)) {
            return Optional.empty();
        }
        double[] outputs = model == null ? graph.logits(x) : evaluate(model, x);
        boolean evaluated = model != null || arithmetic == Arithmetic.FLOAT64;
        boolean violated = evaluated ? wanted.violatedBy(outputs) : provedAt(x);
        return violated ? Optional.of(new VnnLibVerdict.Violated(x, outputs)) : Optional.empty();
    }

    /** A number of the network's type that lies in the exact box, near one that does up to rounding. */
    private double inside(double x, int i) {
        boolean single = arithmetic == Arithmetic.FLOAT32;
        double low = single
                ? Decimals.floatUp(wanted.lower().get(i))
                : Decimals.up(wanted.lower().get(i));
        double high = single
                ? Decimals.floatDown(wanted.upper().get(i))
                : Decimals.down(wanted.upper().get(i));
        return clip(single ? (float) x : x, low, high);
    }

    private static double[] evaluate(Classifier model, double[] x) {
        long[] sample = model.inputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = 1;
        System.arraycopy(sample, 0, shape, 1, sample.length);
        return model.logits(Nd4j.createFromArray(x).castTo(model.dataType()).reshape('c', shape))
                .castTo(DataType.DOUBLE)
                .dup('c')
                .data()
                .asDouble();
    }

    /** Whether bounds over the point alone show that all conditions of an alternative are met, however the network is evaluated. */
    private boolean provedAt(double[] x) {
        for (List<OutputConstraint> conditions : wanted.alternatives()) {
            Optional<Alternative> alternative = Alternative.of(conditions, graph.classes());
            if (alternative.isPresent() && provedAt(x, alternative.get())) {
                return true;
            }
        }
        return false;
    }

    private boolean provedAt(double[] x, Alternative alternative) {
        double[][] negative = new double[alternative.rows().length][];
        for (int r = 0; r < negative.length; r++) {
            negative[r] = alternative.rows()[r].clone();
            for (int j = 0; j < negative[r].length; j++) {
                negative[r][j] = -negative[r][j];
            }
        }
        double[] below = OutputBounds.below(
                graph, BoundMethod.INTERVAL, arithmetic, new double[][] {x}, new double[][] {x}, new double[][][] {
                    negative
                })[0];
        for (int r = 0; r < negative.length; r++) {
            if (!(Math.nextUp(alternative.high(r) - below[r]) <= 0)) {
                return false;
            }
        }
        return true;
    }
}
