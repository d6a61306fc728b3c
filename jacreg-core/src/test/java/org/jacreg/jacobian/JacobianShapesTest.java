package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.jacreg.jacobian.Oracle.close;

import java.util.Map;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Outputs of any rank, inner layers, several inputs and further placeholders, against central differences in float64. */
class JacobianShapesTest {

    private static final DataType F64 = DataType.DOUBLE;

    /** x [N, 3, 4], y [N, 5], mask [N, 3, 1], gain [1] - a [N, 3, 2] - b [N, 2] - z [N, 2]; a, b and z depend on x. */
    static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", F64, -1, 3, 4);
        SDVariable y = sd.placeHolder("y", F64, -1, 5);
        SDVariable mask = sd.placeHolder("mask", F64, -1, 3, 1);
        SDVariable gain = sd.placeHolder("gain", F64, 1);
        sd.placeHolder("label", F64, -1, 2);
        SDVariable scale = sd.var("s", SmallNets.inputs(F64, 21, 4));
        SDVariable h = sd.math().tanh(x.mul(scale)).mul(mask);
        SDVariable flat = sd.reshape(h, -1, 4);
        SDVariable a = sd.reshape(sd.math().tanh(flat.mmul(sd.var("U", SmallNets.inputs(F64, 22, 4, 2)))), -1, 3, 2)
                .rename("a");
        SDVariable sum = a.mean(1);
        SDVariable other = sd.math().tanh(y.mmul(sd.var("V", SmallNets.inputs(F64, 23, 5, 2))));
        SDVariable b = sum.mul(other).rename("b");
        sd.math().tanh(b.mul(gain)).add(sum).rename("z");
        a.sum(1, 2).rename("number");
        return sd;
    }

    static Map<String, INDArray> feed(int n) {
        return Map.of(
                "x", SmallNets.inputs(F64, 31, n, 3, 4),
                "y", SmallNets.inputs(F64, 32, n, 5),
                "mask", SmallNets.inputs(F64, 33, n, 3, 1),
                "gain", Nd4j.createFromArray(0.7));
    }

    @Test
    void outputsOfRankThreeAndOne() {
        Map<String, INDArray> only = Map.of("x", feed(3).get("x"), "mask", feed(3).get("mask"));
        Jacobian sequence = Jacobian.builder(network()).input("x").logits("a").build();
        assertThat(sequence.outputShape()).containsExactly(3, 2);
        assertThat(sequence.classes()).isEqualTo(6);
        INDArray actual = sequence.compute(only).get("x");
        assertThat(actual.shape()).containsExactly(3, 3, 2, 3, 4);
        close(actual.reshape(3, 6, 12), Oracle.jacobian(network(), only, "x", "a"), Oracle.TOLERANCE);
        Jacobian number =
                Jacobian.builder(network()).input("x").logits("number").build();
        INDArray gradient = number.compute(only).get("x");
        assertThat(gradient.shape()).containsExactly(3, 3, 4);
        close(gradient.reshape(3, 1, 12), Oracle.jacobian(network(), only, "x", "number"), Oracle.TOLERANCE);
        assertThat(gradient.normmaxNumber().doubleValue()).isGreaterThan(0.05);
    }

    @Test
    void severalInputsAndOtherPlaceholders() {
        for (int n : new int[] {1, 2, 4}) {
            Map<String, INDArray> fed = feed(n);
            Jacobian jacobian =
                    Jacobian.builder(network()).input("y", "x").logits("z").build();
            assertThat(jacobian.inputs()).containsExactly("y", "x");
            Map<String, INDArray> actual = jacobian.compute(fed);
            assertThat(actual.keySet()).containsExactly("y", "x");
            assertThat(actual.get("x").shape()).containsExactly(n, 2, 3, 4);
            for (String input : actual.keySet()) {
                INDArray expected = Oracle.jacobian(network(), fed, input, "z");
                close(actual.get(input).reshape(expected.shape()), expected, Oracle.TOLERANCE);
                assertThat(expected.normmaxNumber().doubleValue()).isGreaterThan(0.01);
            }
        }
    }

    /** The chain rule: the Jacobian by x is that by the layer, times that of the layer by x. */
    @Test
    void innerLayers() {
        Map<String, INDArray> fed = feed(3);
        INDArray atLayer = Jacobian.builder(network())
                .input("a")
                .logits("z")
                .build()
                .compute(fed)
                .get("a");
        assertThat(atLayer.shape()).containsExactly(3, 2, 3, 2);
        INDArray ofLayer = Jacobian.builder(network())
                .input("x")
                .logits("a")
                .build()
                .compute(fed)
                .get("x");
        INDArray whole = Oracle.jacobian(network(), fed, "x", "z");
        for (int n = 0; n < 3; n++) {
            INDArray product =
                    atLayer.slice(n).reshape(2, 6).mmul(ofLayer.slice(n).reshape(6, 12));
            close(product, whole.slice(n), Oracle.TOLERANCE);
        }
    }

    @Test
    void oneArrayIsEnoughForAnInnerLayerBehindOnePlaceholder() {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.math().tanh(sd.placeHolder("x", F64, -1, 4)).rename("h");
        sd.math().exp(h.mmul(sd.var("W", SmallNets.inputs(F64, 5, 4, 2)))).rename("z");
        INDArray x = SmallNets.inputs(F64, 6, 3, 4);
        INDArray actual = Jacobian.builder(sd).input("h").build().compute(x);
        // d exp(h W) / d h = diag(z) W^T.
        INDArray z = sd.output(Map.of("x", x), "z").get("z");
        for (int n = 0; n < 3; n++) {
            INDArray expected = sd.getVariable("W")
                    .getArr()
                    .transpose()
                    .mulColumnVector(z.getRow(n).reshape(2, 1));
            close(actual.slice(n), expected, 1e-14);
        }
    }

    @Test
    void productsAndNormsOfSeveralInputsAreThoseOfTheMatrixSideBySide() {
        int n = 3;
        Map<String, INDArray> fed = feed(n);
        Jacobian jacobian =
                Jacobian.builder(network()).input("y", "x").logits("z").build();
        INDArray both =
                Nd4j.concat(2, Oracle.jacobian(network(), fed, "y", "z"), Oracle.jacobian(network(), fed, "x", "z"));
        INDArray v = SmallNets.inputs(F64, 41, n, 2);
        INDArray uy = SmallNets.inputs(F64, 42, n, 5);
        INDArray ux = SmallNets.inputs(F64, 43, n, 3, 4);
        Map<String, INDArray> back = jacobian.vjp(fed, v);
        INDArray along = jacobian.jvp(fed, Map.of("x", ux, "y", uy));
        JacobianNorms norms = jacobian.norms(fed);
        for (int i = 0; i < n; i++) {
            INDArray expectedBack = v.getRow(i, true).mmul(both.slice(i));
            INDArray actualBack = Nd4j.concat(
                    1,
                    back.get("y").slice(i).reshape(1, 5),
                    back.get("x").slice(i).reshape(1, 12));
            close(actualBack, expectedBack, 1e-8);
            INDArray u = Nd4j.concat(0, uy.slice(i).reshape(5), ux.slice(i).reshape(12));
            close(along.slice(i).reshape(2, 1), both.slice(i).mmul(u.reshape(17, 1)), 1e-8);
            assertThat(norms.frobenius().getDouble(i))
                    .isCloseTo(both.slice(i).norm2Number().doubleValue(), org.assertj.core.data.Offset.offset(1e-8));
            assertThat(norms.l11().getDouble(i))
                    .isCloseTo(both.slice(i).norm1Number().doubleValue(), org.assertj.core.data.Offset.offset(1e-7));
        }
        assertThat(jacobian.singularValues(fed).shape()).containsExactly(n, 2);
    }

    @Test
    void placeholdersMustBeThereAndRight() {
        Jacobian jacobian = Jacobian.builder(network()).input("x").logits("z").build();
        Map<String, INDArray> good = feed(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.compute(good.get("x")))
                .withMessageContaining("[gain, mask, x, y]")
                .withMessageContaining("compute(Map.of(...))");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.compute(Map.of("x", good.get("x"))))
                .withMessageContaining("no value for placeholder 'gain'");
        refuse(jacobian, good, "nonsense", Nd4j.ones(F64, 2, 2), "no placeholder 'nonsense'");
        refuse(
                jacobian,
                good,
                "y",
                Nd4j.ones(F64, 3, 5),
                "placeholder 'y' has shape [3, 5]; expected [N, 5] with N = 2");
        refuse(jacobian, good, "mask", Nd4j.ones(F64, 2, 3), "placeholder 'mask' has shape [2, 3]; expected [N, 3, 1]");
        refuse(jacobian, good, "gain", Nd4j.ones(F64, 2), "placeholder 'gain' has shape [2]; expected [1]");
        refuse(jacobian, good, "y", good.get("y").dup().putScalar(1, Double.NaN), "placeholder 'y' holds NaN");
        refuse(jacobian, good, "x", good.get("x").dup().putScalar(1, Double.POSITIVE_INFINITY), "input 'x' holds NaN");
    }

    private static void refuse(
            Jacobian jacobian, Map<String, INDArray> good, String name, INDArray value, String message) {
        Map<String, INDArray> bad = new java.util.HashMap<>(good);
        bad.put(name, value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.compute(bad))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.norms(bad))
                .withMessageContaining(message);
    }

    @Test
    void placeholdersThatAreNotNeededDoNoHarmAndNothingIsClosed() {
        Jacobian jacobian = Jacobian.builder(network()).input("x").logits("z").build();
        Map<String, INDArray> fed = new java.util.HashMap<>();
        feed(2).forEach((name, array) -> fed.put(name, array.castTo(DataType.FLOAT)));
        INDArray expected = jacobian.compute(fed).get("x");
        fed.put("label", Nd4j.ones(DataType.FLOAT, 2, 2));
        for (int call = 0; call < 2; call++) {
            close(jacobian.compute(fed).get("x"), expected, 0);
            jacobian.norms(fed);
            jacobian.vjp(fed, Nd4j.ones(DataType.FLOAT, 2, 2));
            fed.values().forEach(array -> assertThat(array.wasClosed()).isFalse());
        }
        assertThat(fed.get("x").sumNumber().doubleValue()).isNotNaN();
    }
}
