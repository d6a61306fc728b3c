package org.jacreg.regularizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.jacobian.Jacobian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.listeners.records.History;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Values, gradients and training trajectories against PyTorch's, in float64.
 *
 * <p>The golden values are exact to about 1e-10 (their README); 1e-9 relative to 1 + |value| leaves room for other orders of
 * summation.
 */
class GoldenPenaltyTest {

    private static final double TOLERANCE = 1e-9;

    /** See {@link #singlePrecision}. */
    private static final double SINGLE_TOLERANCE = 1e-4;

    static List<GoldenCase> cases() {
        return Golden.all();
    }

    @Test
    void thereAreThirty() {
        assertThat(cases()).hasSize(30);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void jacobianAndNorms(GoldenCase golden) {
        Jacobian jacobian = Jacobian.builder(GoldenGraph.build(golden, DataType.DOUBLE))
                .logits(GoldenGraph.output(golden))
                .build();
        INDArray x = golden.array("x");
        INDArray j = jacobian.compute(x);
        assertClose("jacobian", j.reshape(golden.array("jacobian").shape()), golden.array("jacobian"));
        assertThat(jacobian.norms(x).meanFrobeniusSquared() * golden.batch())
                .isCloseTo(golden.number("frob_sq"), within(golden.number("frob_sq")));
        assertThat(jacobian.norms(x).meanL11() * golden.batch())
                .isCloseTo(golden.number("l11_sum"), within(golden.number("l11_sum")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void frobeniusGradientsThroughCalculateGradients(GoldenCase golden) {
        check(golden, "frob", "total_frob");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void l11GradientsThroughCalculateGradients(GoldenCase golden) {
        check(golden, "l11", "total_l11");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trajectoriesThroughFit(GoldenCase golden) {
        trajectories(golden, DataType.DOUBLE, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trajectoriesInSinglePrecision(GoldenCase golden) {
        trajectories(golden, DataType.FLOAT, SINGLE_TOLERANCE);
    }

    private static void trajectories(GoldenCase golden, DataType type, double tolerance) {
        for (String kind : List.of("frob", "l11")) {
            SameDiff sd = GoldenGraph.build(golden, type);
            attach(sd, golden, kind);
            sd.setTrainingConfig(TrainingConfig.builder()
                    .updater(new Sgd(golden.json().get("train").get("lr").asDouble()))
                    .dataSetFeatureMapping("x")
                    .dataSetLabelMapping("label")
                    .build());
            DataSet batch =
                    new DataSet(feed(golden, type).get("x"), feed(golden, type).get("label"));
            var recorded = golden.json().get("train").get(kind);
            for (int step = 0; step + 1 < recorded.size(); step++) {
                History history = sd.fit(new SingletonDataSetIterator(batch), 1);
                double reported = history.getLossCurve().getLossValues().getDouble(0);
                double expected = recorded.get(step).asDouble();
                // The loss curve is kept in float32 by SameDiff: 2^-24 relative, rounded up.
                assertThat(reported)
                        .as("%s, step %d, reported", kind, step)
                        .isCloseTo(expected, within(expected, Math.max(1e-6, tolerance)));
                double now = total(sd, feed(golden, type));
                double next = recorded.get(step + 1).asDouble();
                assertThat(now).as("%s, after step %d", kind, step).isCloseTo(next, within(next, tolerance));
            }
        }
    }

    /**
     * The same in single precision. Its rounding is 6e-8; through sums of some hundred terms, a second derivative and values of
     * order 1 it grows to some 1e-6: 1e-4 relative to 1 + |value| leaves a factor of a few tens.
     */
    @ParameterizedTest
    @MethodSource("cases")
    void singlePrecision(GoldenCase golden) {
        INDArray x = golden.array("x").castTo(DataType.FLOAT);
        SameDiff plain = GoldenGraph.build(golden, DataType.FLOAT);
        INDArray jacobian = Jacobian.builder(plain)
                .logits(GoldenGraph.output(golden))
                .build()
                .compute(x);
        INDArray expected = golden.array("jacobian");
        assertThat(distance(jacobian.castTo(DataType.DOUBLE).reshape(expected.shape()), expected))
                .isLessThan(SINGLE_TOLERANCE);
        for (String kind : List.of("frob", "l11")) {
            SameDiff sd = GoldenGraph.build(golden, DataType.FLOAT);
            attach(sd, golden, kind);
            Map<String, INDArray> fed = feed(golden, DataType.FLOAT);
            double total = golden.number("total_" + kind);
            assertThat(total(sd, fed)).isCloseTo(total, within(total, SINGLE_TOLERANCE));
            Map<String, INDArray> gradients = golden.gradients(kind);
            Map<String, INDArray> actual = sd.calculateGradients(fed, gradients.keySet());
            gradients.forEach((name, gradient) -> assertThat(
                            distance(actual.get(name).castTo(DataType.DOUBLE), gradient))
                    .as("%s, %s", kind, name)
                    .isLessThan(SINGLE_TOLERANCE));
        }
    }

    private static double distance(INDArray actual, INDArray expected) {
        return actual.sub(expected).normmaxNumber().doubleValue()
                / (1 + expected.normmaxNumber().doubleValue());
    }

    private static void check(GoldenCase golden, String kind, String total) {
        SameDiff sd = GoldenGraph.build(golden, DataType.DOUBLE);
        attach(sd, golden, kind);
        assertThat(total(sd, feed(golden, DataType.DOUBLE)))
                .isCloseTo(golden.number(total), within(golden.number(total)));
        Map<String, INDArray> expected = golden.gradients(kind);
        Map<String, INDArray> actual = sd.calculateGradients(feed(golden, DataType.DOUBLE), expected.keySet());
        expected.forEach((name, gradient) -> assertClose(name, actual.get(name), gradient));
    }

    private static void attach(SameDiff sd, GoldenCase golden, String kind) {
        JacobianRegularizer regularizer = kind.equals("frob")
                ? JacobianRegularizer.frobenius(sd).lambda(golden.number("lam"))
                : JacobianRegularizer.l11(sd).lambda(golden.number("eps"));
        regularizer.input("x").logits(GoldenGraph.output(golden)).attach();
    }

    private static double total(SameDiff sd, Map<String, INDArray> fed) {
        return sd.outputSingle(fed, RegularizedGraph.TOTAL).getDouble(0);
    }

    private static Map<String, INDArray> feed(GoldenCase golden, DataType type) {
        return Map.of(
                "x", golden.array("x").castTo(type), "label", golden.oneHot().castTo(type));
    }

    private static Offset<Double> within(double value) {
        return within(value, TOLERANCE);
    }

    private static Offset<Double> within(double value, double tolerance) {
        return Offset.offset(tolerance * (1 + Math.abs(value)));
    }

    private static void assertClose(String what, INDArray actual, INDArray expected) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        assertThat(distance(actual, expected)).as(what).isLessThan(TOLERANCE);
    }
}
