package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jacreg.gradient.Gradients;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The network of one row on a batch of any size: its derivatives along random directions against differences of forward
 * values. A wrong entry shows in almost every direction, so that a few of them are as good as all entries, and much cheaper.
 *
 * @param spec the op and the shape of one sample
 * @param samples the batch size
 * @param seed of the point, the weights and the directions
 */
record RuleCheck(OpSpec spec, int samples, long seed) {

    private static final int DIRECTIONS = 2;

    /** Products of derivatives with unequal magnitudes, and third derivatives up to a hundred: see {@link CentralDifferences}. */
    private static final double TOLERANCE = 10 * CentralDifferences.TOLERANCE;

    /** The Jacobian against differences along random directions of the input, and as the adjoint of these. */
    RuleCheck firstOrder() {
        SameDiff sd = spec.network(seed);
        Jacobian jacobian = Jacobian.builder(sd).logits("logits").build();
        INDArray x = input();
        long features = x.length() / samples;
        INDArray full = jacobian.compute(x).reshape('c', samples, OpSpec.CLASSES, features);
        for (int i = 0; i < DIRECTIONS; i++) {
            INDArray u = random(10 + i, x.shape());
            INDArray forward = forward(sd, x, u);
            INDArray columns = u.reshape('c', samples, 1, features);
            INDArray byJacobian = full.mul(columns.broadcast(full.shape())).sum(2);
            close(byJacobian, forward, "J u");
            INDArray v = random(20 + i, samples, OpSpec.CLASSES);
            double reverse = jacobian.vjp(x, v).mul(u).sumNumber().doubleValue();
            double expected = forward.mul(v).sumNumber().doubleValue();
            assertThat(Math.abs(reverse - expected))
                    .as("%s: <J^T v, u> = %s and <v, J u> = %s", this, reverse, expected)
                    .isLessThan(TOLERANCE * (1 + forward.norm2Number().doubleValue()));
        }
        return this;
    }

    /** The gradient of a loss over the whole batch by every weight. */
    RuleCheck weights() {
        SameDiff sd = spec.network(seed);
        SDVariable loss = sd.math().square(sd.getVariable("logits")).mean("checked");
        assertGradients(sd, "checked", Gradients.gradientsOf(loss, variables(sd), VjpRules.standard()));
        return this;
    }

    /** The gradient of the squared norm of a gradient by {@code s}: the rules differentiate what they emit. */
    RuleCheck secondOrderByRules() {
        SameDiff sd = spec.network(seed);
        SDVariable loss = sd.math().square(sd.getVariable("logits")).mean();
        SDVariable by = sd.getVariable("s");
        SDVariable checked = sd.math().square(Gradients.gradientOf(loss, by)).sum("checked");
        assertGradients(sd, "checked", List.of(Gradients.gradientOf(checked, by)), by);
        return this;
    }

    /** The gradient of the Frobenius penalty by every weight, as SameDiff computes it for {@code fit}. */
    RuleCheck secondOrderBySameDiff() {
        SameDiff sd = spec.network(seed);
        JacobianRegularizer.frobenius(sd).logits("logits").lambda(0.3).attach();
        sd.setLossVariables("jacreg/penalty");
        List<SDVariable> weights = variables(sd);
        Map<String, INDArray> gradients = sd.calculateGradients(
                fed(), weights.stream().map(SDVariable::name).toList());
        for (SDVariable weight : weights) {
            // A weight on which the penalty does not depend, such as a last bias, has no gradient variable.
            INDArray gradient = gradients.get(weight.name());
            along(
                    sd,
                    "jacreg/penalty",
                    weight,
                    gradient == null ? weight.getArr().mul(0) : gradient.dup());
        }
        return this;
    }

    private void assertGradients(SameDiff sd, String scalar, List<SDVariable> gradients, SDVariable... by) {
        List<SDVariable> weights = by.length == 0 ? variables(sd) : List.of(by);
        for (int i = 0; i < weights.size(); i++) {
            INDArray gradient = sd.outputSingle(fed(), gradients.get(i).name()).dup();
            along(sd, scalar, weights.get(i), gradient);
        }
    }

    private void along(SameDiff sd, String scalar, SDVariable weight, INDArray gradient) {
        INDArray values = weight.getArr();
        assertThat(gradient.shape()).as("%s by %s", this, weight.name()).isEqualTo(values.shape());
        INDArray u = random(30, values.shape());
        INDArray kept = values.dup();
        values.assign(kept.add(u.mul(CentralDifferences.STEP)));
        double above = sd.outputSingle(fed(), scalar).getDouble(0);
        values.assign(kept.sub(u.mul(CentralDifferences.STEP)));
        double below = sd.outputSingle(fed(), scalar).getDouble(0);
        values.assign(kept);
        double expected = (above - below) / (2 * CentralDifferences.STEP);
        double actual = gradient.mul(u).sumNumber().doubleValue();
        double scale = 0.1 + gradient.norm2Number().doubleValue() + Math.abs(above) / 10;
        assertThat(Math.abs(actual - expected))
                .as("%s by %s: %s, differences say %s", this, weight.name(), actual, expected)
                .isLessThan(TOLERANCE * scale);
    }

    private INDArray forward(SameDiff sd, INDArray x, INDArray u) {
        INDArray step = u.mul(CentralDifferences.STEP);
        INDArray above = sd.outputSingle(Map.of("x", x.add(step)), "logits").dup();
        INDArray below = sd.outputSingle(Map.of("x", x.sub(step)), "logits").dup();
        return above.sub(below).divi(2 * CentralDifferences.STEP);
    }

    private void close(INDArray actual, INDArray expected, String what) {
        assertThat(CentralDifferences.distance(actual, expected))
                .as("%s: %s is %s, differences say %s", this, what, actual, expected)
                .isLessThan(TOLERANCE);
    }

    private static List<SDVariable> variables(SameDiff sd) {
        return sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE
                        && v.dataType().isFPType())
                .toList();
    }

    private Map<String, INDArray> fed() {
        return Map.of("x", input());
    }

    private INDArray input() {
        long[] shape = new long[spec.inputShape().length + 1];
        shape[0] = samples;
        System.arraycopy(spec.inputShape(), 0, shape, 1, spec.inputShape().length);
        return OpSpec.random(new Random(seed + 1), spec.lower(), spec.upper(), shape);
    }

    private INDArray random(int stream, long... shape) {
        return OpSpec.random(new Random(31 * seed + stream), -1, 1, shape);
    }

    @Override
    public String toString() {
        return spec.label() + " on [" + samples + ", " + java.util.Arrays.toString(spec.inputShape()) + "], seed "
                + seed;
    }
}
