package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.Digamma;
import org.nd4j.linalg.api.ops.custom.Lgamma;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every rule against central differences of the forward graph, first order and second. What was measured makes the page
 * docs/op-support.md, which has to be up to date.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VjpRulesTest {

    private static final long SEED = 11;

    /** Kinds that have no rule to test. */
    private static final Set<OpKind> UNTESTED = Set.of(OpKind.ZERO, OpKind.UNSUPPORTED);

    private final OpSupport support = new OpSupport(VjpRules.standard(), OpSpecs.all());

    @AfterAll
    void thePageOfSupportedOpsIsUpToDate() throws IOException {
        support.compareWithPage();
    }

    static List<OpSpec> specs() {
        return OpSpecs.all();
    }

    static List<OpSpec> trainable() {
        return OpSpecs.all().stream().filter(OpSpec::trainable).toList();
    }

    @Test
    void everyRuleHasARowAndEveryRowARule() {
        VjpRules rules = VjpRules.standard();
        Set<String> withRules = rules.opNames().stream()
                .filter(name -> !UNTESTED.contains(rules.kind(name).orElseThrow()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> tested = OpSpecs.all().stream().map(OpSpec::opName).collect(Collectors.toCollection(TreeSet::new));
        // A single number for the whole batch, whatever its arguments; tested in LossModesTest.
        tested.add("l2_loss");
        assertThat(tested).isEqualTo(withRules);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void theRowReallyUsesTheOp(OpSpec spec) {
        Set<String> used = spec.network(SEED).getOps().values().stream()
                .map(op -> op.getOp().opName())
                .collect(Collectors.toSet());
        assertThat(used).contains(spec.opName());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void firstOrder(OpSpec spec) {
        double error = firstOrderError(spec, VjpRules.standard());
        support.measured(spec, OpSupport.Column.FIRST, error);
        assertThat(error).isLessThan(CentralDifferences.TOLERANCE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void adjointIdentity(OpSpec spec) {
        SameDiff sd = spec.network(SEED);
        Jacobian jacobian = Jacobian.builder(sd).logits("logits").build();
        INDArray x = spec.input(SEED + 1);
        java.util.Random random = new java.util.Random(SEED + 2);
        INDArray u = OpSpec.random(random, -1, 1, x.shape());
        INDArray v = OpSpec.random(random, -1, 1, OpSpec.SAMPLES, OpSpec.CLASSES);
        double h = CentralDifferences.STEP;
        INDArray above = sd.outputSingle(Map.of("x", x.add(u.mul(h))), "logits").dup();
        INDArray below = sd.outputSingle(Map.of("x", x.sub(u.mul(h))), "logits").dup();
        double forward = above.sub(below).divi(2 * h).mul(v).sumNumber().doubleValue();
        double reverse = jacobian.vjp(x, v).mul(u).sumNumber().doubleValue();
        assertThat(reverse).isCloseTo(forward, org.assertj.core.data.Offset.offset(1e-6 * (1 + Math.abs(forward))));
    }

    /** The gradient of a loss over the whole batch by every weight: rules of inputs that are not the image. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void gradientsByWeights(OpSpec spec) {
        assertThat(gradientError(spec, VjpRules.standard())).isLessThan(CentralDifferences.TOLERANCE);
    }

    private static double gradientError(OpSpec spec, VjpRules rules) {
        SameDiff sd = spec.network(SEED);
        Map<String, INDArray> fed = Map.of("x", spec.input(SEED + 1));
        List<SDVariable> weights = sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                .filter(v -> v.dataType().isFPType())
                .toList();
        SDVariable loss = sd.math().square(sd.getVariable("logits")).mean("squares");
        List<SDVariable> gradients = org.jacreg.gradient.Gradients.gradientsOf(loss, weights, rules);
        double worst = 0;
        for (int i = 0; i < weights.size(); i++) {
            INDArray gradient = sd.outputSingle(fed, gradients.get(i).name()).dup();
            String name = weights.get(i).name();
            worst = Math.max(worst, CentralDifferences.distanceByWeight(sd, fed, "squares", name, gradient));
        }
        return worst;
    }

    /** Closure by numbers: rules differentiate what rules emit, where SameDiff's own gradients may be wrong or missing. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void secondOrderByRulesAlone(OpSpec spec) {
        SameDiff sd = spec.network(SEED);
        Map<String, INDArray> fed = Map.of("x", spec.input(SEED + 1));
        SDVariable s = sd.getVariable("s");
        SDVariable loss = sd.math().square(sd.getVariable("logits")).mean();
        SDVariable gradient = org.jacreg.gradient.Gradients.gradientOf(loss, s);
        SDVariable squares = sd.math().square(gradient).sum("squares");
        SDVariable second = org.jacreg.gradient.Gradients.gradientOf(squares, s);
        INDArray actual = sd.outputSingle(fed, second.name()).dup();
        // Squares of gradients have larger third derivatives, so the differences err more.
        double error = CentralDifferences.distanceByWeight(sd, fed, "squares", "s", actual);
        support.measured(spec, OpSupport.Column.SECOND_BY_RULES, error);
        assertThat(error).isLessThan(10 * CentralDifferences.TOLERANCE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trainable")
    void secondOrderFrobenius(OpSpec spec) {
        SameDiff sd = spec.network(SEED);
        JacobianRegularizer.frobenius(sd).logits("logits").lambda(0.3).attach();
        double error = secondOrderError(spec, sd);
        support.measured(spec, OpSupport.Column.SECOND, error);
        assertThat(error).isLessThan(CentralDifferences.TOLERANCE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trainable")
    void secondOrderL11(OpSpec spec) {
        SameDiff sd = spec.network(SEED);
        JacobianRegularizer.l11(sd).logits("logits").lambda(0.3).attach();
        double error = secondOrderError(spec, sd);
        support.measured(spec, OpSupport.Column.SECOND, error);
        assertThat(error).isLessThan(CentralDifferences.TOLERANCE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trainable")
    void emittedNodesAreOpsWithRules(OpSpec spec) {
        SameDiff sd = spec.network(SEED);
        JacobianRegularizer.frobenius(sd).logits("logits").attach();
        Set<String> differentiable = influencedBy(sd);
        Set<String> known = VjpRules.standard().opNames();
        Set<String> foreign = new TreeSet<>();
        for (SameDiffOp op : sd.getOps().values()) {
            String name = op.getOp().opName();
            boolean onCotangentPath = op.getName().startsWith("jacreg/")
                    && op.getInputsToOp().stream().anyMatch(differentiable::contains)
                    && op.getOutputsOfOp().stream().anyMatch(differentiable::contains);
            assertThat(name).doesNotEndWith("_bp");
            if (onCotangentPath && !known.contains(name)) {
                foreign.add(name);
            }
        }
        // The norm and the total at the end are the penalty's, not a rule's.
        foreign.removeAll(Set.of("reduce_sqnorm", "minimum"));
        assertThat(foreign).isEmpty();
    }

    /** Floating-point variables that depend on input or weights through floating-point variables. */
    private static Set<String> influencedBy(SameDiff sd) {
        Set<String> reached = new HashSet<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.isPlaceHolder() || variable.getVariableType() == VariableType.VARIABLE) {
                reached.add(variable.name());
            }
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            for (SameDiffOp op : sd.getOps().values()) {
                if (op.getInputsToOp().stream().anyMatch(reached::contains)) {
                    for (String output : op.getOutputsOfOp()) {
                        grown |= sd.getVariable(output).dataType().isFPType() && reached.add(output);
                    }
                }
            }
        }
        return reached;
    }

    /** Every rule, for every input that a graph can have: those that no row has do not exist in ND4J either. */
    static List<Arguments> plantedFaults() {
        VjpRules rules = VjpRules.standard();
        TreeMap<String, TreeSet<Integer>> faults = new TreeMap<>();
        for (OpSpec spec : OpSpecs.all()) {
            SameDiff sd = spec.network(SEED);
            Set<String> active = influencedBy(sd);
            for (SameDiffOp op : sd.getOps().values()) {
                for (int input = 0; input < op.getInputsToOp().size(); input++) {
                    if (op.getOp().opName().equals(spec.opName())
                            && active.contains(op.getInputsToOp().get(input))
                            && Objects.requireNonNull(rules.find(spec.opName())).rule(input) != null) {
                        faults.computeIfAbsent(spec.opName(), op2 -> new TreeSet<>())
                                .add(input);
                    }
                }
            }
        }
        // Its derivative is 0 (the first input is overwritten), and 0.1 % of that are 0.
        Objects.requireNonNull(faults.get("assign")).remove(0);
        // Masks are planted with their faults in AttentionMaskTest.
        Objects.requireNonNull(faults.get("dot_product_attention")).remove(3);
        Objects.requireNonNull(faults.get("multi_head_dot_product_attention")).remove(7);
        return faults.entrySet().stream()
                .flatMap(e -> e.getValue().stream().map(input -> Arguments.of(e.getKey(), input)))
                .toList();
    }

    @Test
    void everyInputWithARuleIsPlantedWithAFault() {
        Set<String> planted = plantedFaults().stream()
                .map(fault -> fault.get()[0] + " " + fault.get()[1])
                .collect(Collectors.toSet());
        VjpRules rules = VjpRules.standard();
        Set<String> unplanted = new TreeSet<>();
        for (String op : rules.opNames()) {
            for (int input : Objects.requireNonNull(rules.find(op)).rules().keySet()) {
                if (!planted.contains(op + " " + input)) {
                    unplanted.add(op + " " + input);
                }
            }
        }
        // The derivative of assign by its first input is 0; l2_loss is tested in LossModesTest; lstmLayer has inputs 6
        // and 7 only with sequence lengths, which are
        // refused.
        // Masks have AttentionMaskTest.
        assertThat(unplanted)
                .containsExactlyInAnyOrder(
                        "assign 0",
                        "l2_loss 0",
                        "lstmLayer 6",
                        "lstmLayer 7",
                        "dot_product_attention 3",
                        "multi_head_dot_product_attention 7");
    }

    /** A rule that is off by one in a thousand, for one input of one op, is caught by one of the op's rows at least. */
    @ParameterizedTest(name = "{0}, input {1}")
    @MethodSource("plantedFaults")
    void aPlantedFaultIsCaught(String opName, int input) {
        VjpRules faulty = scaled(opName, input);
        boolean caught = false;
        for (OpSpec spec : specs()) {
            if (!caught && spec.opName().equals(opName)) {
                // Where the rule works on weights, only their gradients show it.
                caught = firstOrderError(spec, faulty) > CentralDifferences.TOLERANCE
                        || gradientError(spec, faulty) > CentralDifferences.TOLERANCE;
            }
        }
        support.planted(caught);
        assertThat(caught).as("%s, input %d", opName, input).isTrue();
    }

    private static VjpRules scaled(String opName, int input) {
        VjpRules rules = VjpRules.standard();
        VjpRule rule = Objects.requireNonNull(
                Objects.requireNonNull(rules.find(opName)).rule(input));
        return rules.with(opName, input, (context, ct) -> rule.vjp(context, ct).mul(1.001));
    }

    private static double firstOrderError(OpSpec spec, VjpRules rules) {
        SameDiff sd = spec.network(SEED);
        INDArray x = spec.input(SEED + 1);
        INDArray actual =
                Jacobian.builder(sd).logits("logits").rules(rules).build().compute(x);
        INDArray expected = CentralDifferences.jacobian(sd, x, "logits");
        return CentralDifferences.distance(actual.reshape(expected.shape()), expected);
    }

    /** The penalty alone is the loss here: the user's loss has derivatives of ND4J's own, right or wrong. */
    private static double secondOrderError(OpSpec spec, SameDiff sd) {
        Map<String, INDArray> fed = Map.of("x", spec.input(SEED + 1));
        sd.setLossVariables("jacreg/penalty");
        List<String> weights = sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .toList();
        Map<String, INDArray> gradients = sd.calculateGradients(fed, weights);
        double worst = 0;
        for (String weight : weights) {
            // A weight on which the penalty does not depend, such as a last bias, has no gradient variable.
            INDArray actual = gradients.getOrDefault(
                    weight, Nd4j.zerosLike(sd.getVariable(weight).getArr()));
            worst = Math.max(worst, CentralDifferences.distanceByWeight(sd, fed, "jacreg/penalty", weight, actual));
        }
        return worst;
    }

    @Test
    void anUnknownOpIsRefusedWithAllItsFellows() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable first = new Digamma(sd, x).outputVariable().rename("first");
        new Lgamma(sd, first).outputVariable().rename("second").mean("loss");
        sd.setLossVariables("loss");
        byte[] before = sd.asFlatBuffers(true).array().clone();
        assertThatThrownBy(
                        () -> JacobianRegularizer.frobenius(sd).logits("second").attach())
                .isInstanceOfSatisfying(
                        UnsupportedOpException.class,
                        e -> assertThat(e.ops())
                                .extracting(UnsupportedOp::opName)
                                .containsExactly("digamma", "lgamma"))
                .hasMessageContaining("'first'")
                .hasMessageContaining("'second'")
                .hasMessageContaining("VjpRules.standard().with(");
        assertThat(sd.asFlatBuffers(true).array()).isEqualTo(before);
    }

    @Test
    void aRegistryIsAValue() {
        VjpRules standard = VjpRules.standard();
        VjpRules more = standard.with("digamma", 0, (context, ct) -> ct);
        assertThat(more.opNames()).contains("digamma").containsAll(standard.opNames());
        assertThat(standard.opNames()).doesNotContain("digamma");
        assertThat(standard.kind("digamma")).isEmpty();
        assertThatThrownBy(() -> VjpRules.builder().linear("x", (c, ct) -> ct).zero("x"))
                .hasMessageContaining("'x' is registered twice");
    }
}
