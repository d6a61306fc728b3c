package org.jacreg.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.jacreg.vjp.UnsupportedOpException;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients as variables, of any order, against closed forms, SameDiff's own first gradients and differences. */
class GradientsTest {

    private static final double ROUNDING = 1e-12;

    private static Map<String, INDArray> feed(int n) {
        return Map.of("x", SmallNets.inputs(DataType.DOUBLE, 3, n, 4));
    }

    /** mean over the batch of sum of tanh(x W)^2, without loss ops. */
    private static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 4);
        SDVariable w = sd.var("w", SmallNets.normal(DataType.DOUBLE, new java.util.Random(5), 0.7, 4, 3));
        SDVariable b = sd.var("b", SmallNets.normal(DataType.DOUBLE, new java.util.Random(6), 0.7, 3));
        SDVariable h = sd.math().tanh("h", x.mmul(w).add(b));
        sd.math().square(h).sum(1).mean("loss");
        sd.setLossVariables("loss");
        return sd;
    }

    @Test
    void firstGradientsAreSameDiffsOwn() {
        SameDiff sd = network();
        List<SDVariable> gradients = Gradients.gradientsOf(
                sd.getVariable("loss"),
                List.of(sd.getVariable("x"), sd.getVariable("w"), sd.getVariable("b")),
                org.jacreg.vjp.VjpRules.standard());
        Map<String, INDArray> own = sd.calculateGradients(feed(5), "x", "w", "b");
        List<String> names = List.of("x", "w", "b");
        for (int i = 0; i < names.size(); i++) {
            INDArray ours = sd.outputSingle(feed(5), gradients.get(i).name());
            assertThat(ours.shape()).isEqualTo(own.get(names.get(i)).shape());
            assertThat(ours.sub(own.get(names.get(i))).normmaxNumber().doubleValue())
                    .as(names.get(i))
                    .isLessThan(ROUNDING);
        }
    }

    @Test
    void aGradientOfAGradientOfAGradient() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 2);
        SDVariable y = sd.math().exp(x.mul(2.0)).sum("y", 0, 1);
        SDVariable first = Gradients.gradientOf(y, x);
        SDVariable second = Gradients.gradientOf(first, x);
        SDVariable third = Gradients.gradientOf(second, x);
        INDArray at = Nd4j.createFromArray(new double[][] {{0.3, -0.4}, {0.1, 0.2}});
        double[] factors = {2, 4, 8};
        List<SDVariable> orders = List.of(first, second, third);
        for (int i = 0; i < factors.length; i++) {
            INDArray expected =
                    org.nd4j.linalg.ops.transforms.Transforms.exp(at.mul(2)).mul(factors[i]);
            INDArray actual = sd.outputSingle(Map.of("x", at), orders.get(i).name());
            assertThat(actual.sub(expected).normmaxNumber().doubleValue()).isLessThan(ROUNDING * factors[i]);
        }
    }

    @Test
    void aLossOnAGradientTrainsThroughSameDiff() {
        SameDiff sd = network();
        SDVariable g = Gradients.gradientOf(sd.getVariable("loss"), sd.getVariable("x"));
        sd.squaredNorm(g).add("total", sd.getVariable("loss"));
        sd.setLossVariables("total");
        Map<String, INDArray> gradients = sd.calculateGradients(feed(3), "w", "b");
        gradients.forEach((name, gradient) -> {
            INDArray weights = sd.getVariable(name).getArr();
            INDArray expected = CentralDifferences.gradient(
                    weights, () -> sd.outputSingle(feed(3), "total").getDouble(0));
            // Truncation and rounding of differences with step 1e-5 are about 1e-10.
            assertThat(gradient.sub(expected).normmaxNumber().doubleValue())
                    .as(name)
                    .isLessThan(1e-8);
        });
    }

    /** ND4J's gradient of a product of one entry is wrong where one operand is transposed by a flag: none is emitted. */
    @Test
    void batchesAndWidthsOfOne() {
        int[][] widths = {{1, 5, 1}, {1, 5, 2}, {2, 1, 2}, {3, 2, 1}};
        for (int[] net : widths) {
            SameDiff sd = SmallNets.mlp(DataType.DOUBLE, 7, net);
            Map<String, INDArray> fed = Map.of("x", SmallNets.inputs(DataType.DOUBLE, 8, 1, net[0]));
            SDVariable y = sd.math().square(sd.getVariable("logits")).sum("y");
            SDVariable g = Gradients.gradientOf(y, sd.getVariable("x"));
            SDVariable total = sd.math().square(g).sum("total");
            sd.setLossVariables("total");
            List<String> names = List.of("W1", "b1", "W2", "b2");
            Map<String, INDArray> gradients = sd.calculateGradients(fed, names);
            for (String name : names) {
                INDArray expected = CentralDifferences.gradient(
                        sd.getVariable(name).getArr(),
                        () -> sd.outputSingle(fed, total.name()).getDouble(0));
                assertThat(gradients.get(name).sub(expected).normmaxNumber().doubleValue())
                        .as("%s of %s", name, java.util.Arrays.toString(net))
                        .isLessThan(1e-7);
            }
        }
    }

    @Test
    void hessianTimesVectorByInputAndByWeights() {
        for (String by : List.of("x", "w", "b")) {
            SameDiff sd = network();
            SDVariable variable = sd.getVariable(by);
            INDArray at = by.equals("x") ? feed(3).get("x") : variable.getArr();
            INDArray v = SmallNets.inputs(DataType.DOUBLE, 9, at.shape());
            SDVariable direction = by.equals("x") ? sd.placeHolder("v", DataType.DOUBLE, -1, 4) : sd.constant("v", v);
            SDVariable product = Hessian.vectorProduct(sd.getVariable("loss"), variable, direction);
            SDVariable gradient = Gradients.gradientOf(sd.getVariable("loss"), variable);
            Map<String, INDArray> fed = by.equals("x") ? Map.of("x", at, "v", v) : feed(3);
            INDArray actual = sd.outputSingle(fed, product.name()).dup();
            double h = 1e-5;
            INDArray above = gradientAt(sd, gradient, by, at.add(v.mul(h)));
            INDArray below = gradientAt(sd, gradient, by, at.sub(v.mul(h)));
            INDArray expected = above.sub(below).divi(2 * h);
            assertThat(actual.shape()).isEqualTo(at.shape());
            // Truncation h^2 and rounding 1e-16 / h are both about 1e-10.
            assertThat(actual.sub(expected).normmaxNumber().doubleValue())
                    .as(by)
                    .isLessThan(1e-8);
        }
    }

    private static INDArray gradientAt(SameDiff sd, SDVariable gradient, String by, INDArray value) {
        if (by.equals("x")) {
            return sd.outputSingle(Map.of("x", value), gradient.name()).dup();
        }
        INDArray array = sd.getVariable(by).getArr();
        INDArray kept = array.dup();
        array.assign(value);
        INDArray result = sd.outputSingle(feed(3), gradient.name()).dup();
        array.assign(kept);
        return result;
    }

    @Test
    void aVectorFromAPlaceholder() {
        SameDiff sd = network();
        SDVariable v = sd.placeHolder("v", DataType.DOUBLE, -1, 4);
        SDVariable product = Hessian.vectorProduct(sd.getVariable("loss"), sd.getVariable("x"), v);
        INDArray x = feed(2).get("x");
        INDArray one = sd.outputSingle(Map.of("x", x, "v", x), product.name()).dup();
        INDArray two = sd.outputSingle(Map.of("x", x, "v", x.mul(2)), product.name());
        assertThat(two.sub(one.mul(2)).normmaxNumber().doubleValue()).isLessThan(ROUNDING);
        assertThat(one.normmaxNumber().doubleValue()).isGreaterThan(0.01);
    }

    @Test
    void theGradientOfAQuadraticIsItsMatrix() {
        SameDiff sd = SameDiff.create();
        INDArray matrix = Nd4j.createFromArray(new double[][] {{2, 1}, {1, 3}});
        SDVariable p = sd.var("p", Nd4j.createFromArray(new double[][] {{0.5, -1}}));
        SDVariable y = p.mmul(sd.constant(matrix)).mul(p).sum("y", 0, 1);
        SDVariable hv = Hessian.vectorProduct(y, p, sd.constant(Nd4j.createFromArray(new double[][] {{1, 10}})));
        // H = 2 A: [2*(2+10), 2*(1+30)].
        INDArray value = sd.outputSingle(Map.of(), hv.name());
        assertThat(value.getDouble(0)).isCloseTo(24, Offset.offset(ROUNDING * 24));
        assertThat(value.getDouble(1)).isCloseTo(62, Offset.offset(ROUNDING * 62));
    }

    @Test
    void badInputLeavesTheGraphAsItWas() {
        SameDiff sd = network();
        SDVariable stranger = sd.placeHolder("stranger", DataType.DOUBLE, -1, 4);
        SDVariable labels = sd.placeHolder("labels", DataType.INT32, -1);
        SDVariable rounded = sd.math().round("rounded", sd.getVariable("x"));
        SDVariable odd =
                sd.math().bitShift("odd", sd.var("k", Nd4j.createFromArray(1)), sd.var("j", Nd4j.createFromArray(1)));
        byte[] before = sd.asFlatBuffers(true).array().clone();
        SDVariable loss = sd.getVariable("loss");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.gradientOf(loss, stranger))
                .withMessageContaining("'loss' does not depend on 'stranger'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.gradientOf(loss, labels))
                .withMessageContaining("'labels' must be floating point");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.gradientOf(loss, network().getVariable("x")))
                .withMessageContaining("different SameDiff graphs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.gradientOf(odd, sd.getVariable("k")))
                .withMessageContaining("must be floating point");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.gradientsOf(
                        loss, List.of(sd.getVariable("x"), stranger), org.jacreg.vjp.VjpRules.standard()))
                .withMessageContaining("'stranger'");
        assertThatThrownBy(() -> Gradients.gradientsOf(
                        loss,
                        List.of(sd.getVariable("x")),
                        org.jacreg.vjp.VjpRules.builder().build()))
                .isInstanceOf(UnsupportedOpException.class);
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
        assertThat(rounded.name()).isEqualTo("rounded");
    }
}
