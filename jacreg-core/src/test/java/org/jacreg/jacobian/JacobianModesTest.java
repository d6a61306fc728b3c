package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jacreg.jacobian.Oracle.close;

import java.util.Map;
import java.util.function.BiFunction;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.jacreg.vjp.VjpRules;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Which mode is chosen, what is affine, and that the choice does not show in the values. */
class JacobianModesTest {

    private static final DataType F64 = DataType.DOUBLE;

    private static SameDiff graph(BiFunction<SameDiff, SDVariable, SDVariable> body) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", F64, -1, 4);
        body.apply(sd, x).rename("z");
        return sd;
    }

    private static SDVariable weights(SameDiff sd, String name, long... shape) {
        return sd.var(name, SmallNets.inputs(F64, name.hashCode(), shape));
    }

    private static JacobianMode chosen(SameDiff sd) {
        return Jacobian.builder(sd).input("x").logits("z").build().mode();
    }

    @Test
    void affineGraphsHaveAClosedForm() {
        SameDiff sd = graph((g, x) -> g.nn().linear(
                        x.sub(0.5).mul(weights(g, "s", 4)).add(weights(g, "t", 4)),
                        weights(g, "W", 4, 6),
                        weights(g, "c", 6))
                .div(weights(g, "d", 6))
                .mmul(weights(g, "V", 6, 3))
                .neg()
                .rsub(2));
        INDArray x = SmallNets.inputs(F64, 1, 5, 4);
        Jacobian jacobian = Jacobian.of(sd);
        assertThat(jacobian.mode()).isEqualTo(JacobianMode.CLOSED_FORM);
        INDArray actual = jacobian.compute(x);
        close(actual, CentralDifferences.jacobian(sd, "x", "z", x), 1e-8);
        Jacobian byRows = Jacobian.builder(sd).mode(JacobianMode.REVERSE).build();
        assertThat(byRows.mode()).isEqualTo(JacobianMode.REVERSE);
        close(actual, byRows.compute(x), 1e-14);
        close(jacobian.norms(x).l21(), byRows.norms(x).l21(), 1e-13);
        close(jacobian.norms(x).spectral(), byRows.norms(x).spectral(), 1e-13);
        close(jacobian.singularValues(x), byRows.singularValues(x), 1e-13);
        close(jacobian.condition(x), byRows.condition(x), 1e-10);
        // Samples do not share memory.
        actual.slice(0).assign(7);
        close(actual.slice(1), byRows.compute(x).slice(1), 1e-14);
    }

    @Test
    void aConvolutionWithPoolingIsAffine() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", F64, -1, 1, 5, 5);
        SDVariable h = sd.cnn()
                .conv2d(
                        x,
                        weights(sd, "K", 2, 2, 1, 2),
                        Conv2DConfig.builder().kH(2).kW(2).build());
        sd.reshape(h.mean(2), -1, 8).mmul("z", weights(sd, "W", 8, 3));
        Jacobian jacobian = Jacobian.of(sd);
        assertThat(jacobian.mode()).isEqualTo(JacobianMode.CLOSED_FORM);
        INDArray at = SmallNets.inputs(F64, 1, 3, 1, 5, 5);
        close(jacobian.compute(at).reshape(3, 3, 25), CentralDifferences.jacobian(sd, "x", "z", at), Oracle.TOLERANCE);
    }

    @Test
    void weightsAreReadAtEveryCall() {
        SameDiff sd = SmallNets.linear(new double[][] {{1, 2}, {3, 4}, {5, 6}}, new double[] {0, 0, 0});
        Jacobian jacobian = Jacobian.of(sd);
        INDArray x = SmallNets.inputs(F64, 1, 2, 2);
        INDArray expected = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}, {5, 6}});
        close(jacobian.compute(x).slice(1), expected, 0);
        sd.getVariable("W").getArr().muli(10);
        close(jacobian.compute(x).slice(1), expected.mul(10), 0);
    }

    @Test
    void addingWhatVariesLeavesTheMatrixAlone() {
        SameDiff sd = graph((g, x) -> x.mmul(weights(g, "W", 4, 3)).add(g.math().tanh(g.placeHolder("y", F64, -1, 3))));
        assertThat(chosen(sd)).isEqualTo(JacobianMode.CLOSED_FORM);
        Map<String, INDArray> fed = Map.of("x", SmallNets.inputs(F64, 1, 2, 4), "y", SmallNets.inputs(F64, 2, 2, 3));
        INDArray actual =
                Jacobian.builder(sd).input("x").logits("z").build().compute(fed).get("x");
        close(actual, Oracle.jacobian(sd, fed, "x", "z"), Oracle.TOLERANCE);
    }

    /** A row for every way not to be affine, with what the message says of it. */
    @Test
    void whatIsNotAffineIsNamed() {
        refused(
                "op 'tanh' computing 'bend' is not affine",
                (g, x) -> g.math().tanh("bend", x.mul(2)).mul(1));
        refused(
                "op 'multiply' computing 'square' is not affine",
                (g, x) -> x.mul("square", x).mul(1));
        refused("op 'matmul' computing 'outer' is not affine", (g, x) -> {
            SDVariable row = g.reshape(x, -1, 1, 4);
            return g.reshape(g.mmul("outer", row, row, false, true, false), -1, 1);
        });
        refused(
                "op 'relu' computing 'kink' is not affine",
                (g, x) -> g.nn().relu("kink", x, 0).mul(1));
        refused(
                "op 'reversedivide'",
                "op 'divide' computing 'share' is not affine",
                (g, x) -> weights(g, "s", 4).div("share", x).mul(1));
        refused(
                "'multiply' computing 'gated' takes",
                "which depends on the input by steps",
                (g, x) -> x.mul("gated", x.gt(0).castTo(F64)).mul(1));
        refused(
                "'add' computing 'stairs' takes",
                "which depends on the input by steps",
                (g, x) -> x.add("stairs", x.castTo(DataType.INT32).castTo(F64)).mul(1));
        refused(
                "'multiply' computing 'masked' takes",
                "which varies from sample to sample",
                (g, x) -> x.mul("masked", g.placeHolder("mask", F64, -1, 4)).mul(1));
        refused(
                "'multiply' computing 'scaled' takes",
                "which varies from sample to sample",
                (g, x) -> x.mul("scaled", g.placeHolder("gain", F64, 1)).mul(1));
    }

    private static void refused(String what, BiFunction<SameDiff, SDVariable, SDVariable> body) {
        refused(what, what, body);
    }

    private static void refused(String either, String or, BiFunction<SameDiff, SDVariable, SDVariable> body) {
        SameDiff sd = graph(body);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd)
                        .input("x")
                        .logits("z")
                        .mode(JacobianMode.CLOSED_FORM)
                        .build())
                .withMessageContaining("no closed form")
                .satisfies(e -> assertThat(e.getMessage()).containsAnyOf(either, or));
        assertThat(chosen(sd)).isNotEqualTo(JacobianMode.CLOSED_FORM);
    }

    /** With a fixed batch, a weight may have a row for every sample. */
    @Test
    void aFixedBatchHasNoClosedForm() {
        SameDiff sd = SameDiff.create();
        sd.placeHolder("x", F64, 3, 4).mul("z", weights(sd, "each", 3, 4));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Jacobian.builder(sd).mode(JacobianMode.CLOSED_FORM).build())
                .withMessageContaining("batch size is fixed");
        INDArray x = SmallNets.inputs(F64, 1, 3, 4);
        close(Jacobian.of(sd).compute(x), CentralDifferences.jacobian(sd, "x", "z", x), Oracle.TOLERANCE);
    }

    /** A registry that calls a bent op linear is found out by values. */
    @Test
    void kindsAreCheckedByValues() {
        VjpRules wrong = VjpRules.builder()
                .linear(
                        "tanh",
                        (context, ct) -> context.scale(
                                ct, context.output().mul(context.output()).rsub(1)))
                .build();
        SameDiff sd = graph((g, x) -> g.math().tanh(x));
        Jacobian jacobian = Jacobian.builder(sd).rules(wrong).build();
        assertThat(jacobian.mode()).isEqualTo(JacobianMode.REVERSE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd)
                        .rules(wrong)
                        .mode(JacobianMode.CLOSED_FORM)
                        .build())
                .withMessageContaining("differ from point to point");
    }

    @Test
    void columnsWhereThereAreFewOfThem() {
        assertThat(Jacobian.of(SmallNets.mlp(F64, 2, 2, 6, 40)).mode()).isEqualTo(JacobianMode.FORWARD);
        assertThat(Jacobian.of(SmallNets.mlp(F64, 2, 6, 6, 6)).mode()).isEqualTo(JacobianMode.REVERSE);
        assertThat(Jacobian.of(SmallNets.mlp(F64, 2, 40, 6, 2)).mode()).isEqualTo(JacobianMode.REVERSE);
        SameDiff sd = SmallNets.mlp(F64, 2, 2, 6, 40);
        INDArray x = SmallNets.inputs(F64, 1, 5, 2);
        close(Jacobian.of(sd).compute(x), CentralDifferences.jacobian(sd, "x", "logits", x), Oracle.TOLERANCE);
    }

    @Test
    void modesAgreeOnTheNetworkOfTheReferenceSheet() {
        for (JacobianMode mode : new JacobianMode[] {JacobianMode.REVERSE, JacobianMode.FORWARD}) {
            Jacobian jacobian = Jacobian.builder(referenceNet()).mode(mode).build();
            INDArray x = Nd4j.createFromArray(new double[][] {{0.4, -0.6}});
            INDArray expected =
                    Nd4j.createFromArray(new double[][] {{-0.42688158, -0.49721326}, {-0.43105932, 1.06917386}});
            // The sheet gives eight places of entries, ten of norms.
            close(jacobian.compute(x).slice(0), expected, 5e-9);
            JacobianNorms norms = jacobian.norms(x);
            assertThat(norms.meanFrobenius()).isCloseTo(1.3260444173, org.assertj.core.data.Offset.offset(1e-10));
            assertThat(norms.meanL11()).isCloseTo(2.4243280249, org.assertj.core.data.Offset.offset(1e-10));
            assertThat(norms.meanL21()).isCloseTo(1.7857956584, org.assertj.core.data.Offset.offset(1e-10));
            assertThat(norms.meanSpectral()).isCloseTo(1.2031677056, org.assertj.core.data.Offset.offset(1e-10));
        }
    }

    /** 2-3-2 with tanh; values were worked out by hand and by other programs. */
    static SameDiff referenceNet() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", F64, -1, 2);
        SDVariable w1 = sd.var("W1", Nd4j.createFromArray(new double[][] {{.5, 1, -.75}, {-1, .25, .5}}));
        SDVariable b1 = sd.var("b1", Nd4j.createFromArray(.1, -.2, .3));
        SDVariable w2 = sd.var("W2", Nd4j.createFromArray(new double[][] {{1, -1}, {-.5, .5}, {.25, 1}}));
        SDVariable b2 = sd.var("b2", Nd4j.createFromArray(0, .1));
        sd.math().tanh(x.mmul(w1).add(b1)).mmul(w2).add("logits", b2);
        return sd;
    }
}
