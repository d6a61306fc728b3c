package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.gradient.Gradients;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses that are summed or averaged, with all kinds of weights: gradients, and gradients of their squares. */
class LossModesTest {

    private static final int SAMPLES = 3;
    private static final int CLASSES = 4;

    @FunctionalInterface
    private interface Loss {
        SDVariable apply(
                SameDiff sd, SDVariable labels, SDVariable predictions, @Nullable SDVariable weights, LossReduce mode);
    }

    /** Kinds of weights: none, one number for all, one for every sample (one of them 0), one for every entry. */
    private enum Weights {
        NONE,
        CONSTANT,
        PER_SAMPLE,
        PER_ENTRY,
        ALL_ZERO
    }

    static List<Arguments> rows() {
        List<Arguments> rows = new ArrayList<>();
        for (Weights weights : Weights.values()) {
            for (LossReduce mode : LossReduce.values()) {
                if (mode != LossReduce.NONE) {
                    add(
                            rows,
                            weights,
                            mode,
                            "mean_sqerr",
                            (sd, y, p, w, m) -> sd.loss().meanSquaredError(y, p, w, m));
                    add(
                            rows,
                            weights,
                            mode,
                            "log",
                            (sd, y, p, w, m) -> sd.loss().logLoss(y, p, w, m, 1e-3));
                    if (weights != Weights.PER_ENTRY) {
                        add(
                                rows,
                                weights,
                                mode,
                                "softmax",
                                (sd, y, p, w, m) -> sd.loss().softmaxCrossEntropy(y, p, w, m, 0.1));
                        add(
                                rows,
                                weights,
                                mode,
                                "cosine",
                                (sd, y, p, w, m) -> sd.loss().cosineDistance(y, p, w, m, 1));
                        add(
                                rows,
                                weights,
                                mode,
                                "pairwise",
                                (sd, y, p, w, m) -> sd.loss().meanPairwiseSquaredError(y, p, w, m));
                    }
                }
            }
        }
        return rows;
    }

    private static void add(List<Arguments> rows, Weights weights, LossReduce mode, String name, Loss loss) {
        rows.add(Arguments.of(name + " " + mode + " " + weights, weights, mode, loss));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void gradients(String name, Weights weights, LossReduce mode, Loss loss) {
        SameDiff sd = SameDiff.create();
        Random random = new Random(3);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, CLASSES);
        SDVariable s = sd.var("s", OpSpec.random(random, 0.7, 1.3, CLASSES));
        SDVariable t = sd.var("t", OpSpec.random(random, 0.7, 1.3, CLASSES));
        SDVariable predictions = sd.nn().sigmoid(x.mul(s));
        SDVariable labels = sd.nn().sigmoid(sd.math().sin(x).mul(t));
        SDVariable weighted = loss.apply(sd, labels, predictions, weights(sd, weights), mode);
        weighted.rename("loss");
        check(sd, List.of(s, t));
    }

    /** Weights of single losses come from a placeholder, so that they follow the size of the batch. */
    private static @Nullable SDVariable weights(SameDiff sd, Weights kind) {
        return switch (kind) {
            case NONE -> null;
            case CONSTANT -> sd.constant(2.5);
            case PER_SAMPLE -> sd.placeHolder("w", DataType.DOUBLE, -1, 1);
            case PER_ENTRY -> sd.placeHolder("w", DataType.DOUBLE, -1, CLASSES);
            case ALL_ZERO -> sd.constant(0.0);
        };
    }

    private static Map<String, INDArray> fed(SameDiff sd) {
        Map<String, INDArray> fed = new HashMap<>();
        fed.put("x", OpSpec.random(new Random(5), -2, 2, SAMPLES, CLASSES));
        if (sd.hasVariable("w")) {
            INDArray weights = OpSpec.random(
                    new Random(4), 0.2, 2, SAMPLES, sd.getVariable("w").placeholderShape()[1]);
            weights.putScalar(new int[] {1, 0}, 0);
            fed.put("w", weights);
        }
        return fed;
    }

    @Test
    void l2Loss() {
        SameDiff sd = SameDiff.create();
        SDVariable s = sd.var("s", OpSpec.random(new Random(3), 0.7, 1.3, CLASSES));
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, CLASSES);
        sd.loss().l2Loss(sd.math().tanh(x.mul(s))).mul(3).rename("loss");
        check(sd, List.of(s));
    }

    /** The gradient against central differences, and so the gradient of its square, which SameDiff computes. */
    private static void check(SameDiff sd, List<SDVariable> variables) {
        Map<String, INDArray> fed = fed(sd);
        List<SDVariable> gradients = Gradients.gradientsOf(sd.getVariable("loss"), variables, VjpRules.standard());
        SDVariable squares = null;
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i).name();
            INDArray gradient = sd.outputSingle(fed, gradients.get(i).name()).dup();
            assertThat(gradient.shape()).isEqualTo(variables.get(i).getArr().shape());
            assertThat(CentralDifferences.distanceByWeight(sd, fed, "loss", name, gradient))
                    .as(name)
                    .isLessThan(CentralDifferences.TOLERANCE);
            SDVariable square = sd.math().square(gradients.get(i)).sum();
            squares = squares == null ? square : squares.add(square);
        }
        java.util.Objects.requireNonNull(squares).rename("squares");
        sd.setLossVariables("squares");
        for (SDVariable variable : variables) {
            String name = variable.name();
            INDArray second = sd.calculateGradients(fed, name).get(name);
            assertThat(CentralDifferences.distanceByWeight(sd, fed, "squares", name, second))
                    .as("second order by " + name)
                    .isLessThan(CentralDifferences.TOLERANCE);
        }
    }
}
