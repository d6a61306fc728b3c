package org.jacreg.bounds.certify.vnnlib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundGraphBuilder;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.complete.Verdict;
import org.jacreg.bounds.certify.dataset.Samples;
import org.jacreg.bounds.certify.vnnlib.VnnLibVerdict.Holds;
import org.jacreg.bounds.certify.vnnlib.VnnLibVerdict.Unknown;
import org.jacreg.bounds.certify.vnnlib.VnnLibVerdict.Violated;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class VnnLibVerifierTest {

    private static BigDecimal decimal(Random random, double scale) {
        return BigDecimal.valueOf(Math.round(1000 * scale * random.nextGaussian()), 3);
    }

    private static VnnLibProperty randomProperty(Random random, int outputs) {
        List<VnnLibProperty.Case> cases = new ArrayList<>();
        for (int k = 1 + random.nextInt(2); k > 0; k--) {
            List<BigDecimal> lower = new ArrayList<>();
            List<BigDecimal> upper = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                BigDecimal a = decimal(random, 1);
                lower.add(a);
                upper.add(a.add(BigDecimal.valueOf(random.nextInt(800), 3)));
            }
            List<List<OutputConstraint>> alternatives = new ArrayList<>();
            for (int a = 1 + random.nextInt(2); a > 0; a--) {
                List<OutputConstraint> conditions = new ArrayList<>();
                for (int c = 1 + random.nextInt(2); c > 0; c--) {
                    int j = random.nextInt(outputs);
                    conditions.add(
                            random.nextBoolean()
                                    ? OutputConstraint.atMost(j, (j + 1) % outputs)
                                    : new OutputConstraint(
                                            Map.of(j, decimal(random, 1), (j + 1) % outputs, decimal(random, 1)),
                                            decimal(random, 1)));
                }
                alternatives.add(conditions);
            }
            cases.add(new VnnLibProperty.Case(lower, upper, alternatives));
        }
        return new VnnLibProperty(2, outputs, cases);
    }

    private static boolean violatedOnAGrid(VnnLibProperty property, Samples net) {
        int steps = 60;
        for (VnnLibProperty.Case one : property.cases()) {
            for (int a = 0; a <= steps; a++) {
                for (int b = 0; b <= steps; b++) {
                    double[] x = {between(one, 0, (double) a / steps), between(one, 1, (double) b / steps)};
                    if (property.violatedBy(x, net.outputs(x))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static double between(VnnLibProperty.Case one, int i, double part) {
        double lower = Decimals.up(one.lower().get(i));
        double upper = Decimals.down(one.upper().get(i));
        return Math.min(upper, lower + part * (upper - lower));
    }

    @Test
    void agreesWithBruteForce() {
        int[] answers = new int[3];
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            Samples net = Samples.network(seed, 2, 6, 5, 3);
            VnnLibProperty property = randomProperty(random, 3);
            VnnLibVerdict verdict =
                    VnnLibVerifier.of(net.graph()).seed(seed).build().verify(property);
            boolean broken = violatedOnAGrid(property, net);
            if (verdict instanceof Violated violated) {
                answers[0]++;
                assertThat(property.violatedBy(violated.input(), violated.output()))
                        .isTrue();
                // the net anew in plain loops, in another order of sums
                assertThat(net.outputs(violated.input())).containsExactly(violated.output(), within(1e-13));
            } else if (verdict instanceof Holds) {
                answers[1]++;
                assertThat(broken)
                        .as("violation in spite of a proof, seed %d", seed)
                        .isFalse();
            } else {
                answers[2]++;
            }
        }
        assertThat(answers[0]).as("violations").isGreaterThan(40);
        assertThat(answers[1]).as("proofs").isGreaterThan(40);
        assertThat(answers[2]).as("undecided").isLessThanOrEqualTo(2);
    }

    @Test
    void agreesWithCompleteVerification() {
        InputBox box = new InputBox(0, 1);
        int[] answers = new int[2];
        for (int seed = 0; seed < 25; seed++) {
            Samples net = Samples.network(seed, 3, 6, 3);
            CompleteVerifier complete = CompleteVerifier.of(net.layers(), 100_000);
            RobustnessInstances instances = new RobustnessInstances(3, box, DataType.DOUBLE);
            double[] x = Samples.points(seed, 1, 3)[0];
            int label = net.labels(new double[][] {x})[0];
            for (double radius : new double[] {.05, .2, .4}) {
                Verdict expected = complete.verify(x, label, radius, box);
                VnnLibVerdict verdict = VnnLibVerifier.of(net.graph())
                        .build()
                        .verify(VnnLibReader.parse(VnnLibWriter.text(instances.property(x, label, radius), "")));
                if (expected instanceof Verdict.Proved) {
                    answers[0]++;
                    assertThat(verdict.answer()).isEqualTo("unsat");
                } else if (expected instanceof Verdict.Refuted) {
                    answers[1]++;
                    assertThat(verdict.answer()).isEqualTo("sat");
                }
            }
        }
        assertThat(answers[0]).isGreaterThan(20);
        assertThat(answers[1]).isGreaterThan(10);
    }

    /** {@code Y = (x, 1 - x)} on [0, 1]. */
    private static BoundGraph seesaw(Arithmetic arithmetic) {
        BoundGraphBuilder builder = BoundGraph.builder(1);
        return builder.build(builder.dense(0, new double[][] {{1}, {-1}}, new double[] {0, 1}), arithmetic);
    }

    private static VnnLibProperty oneInput(String lower, String upper, String conditions) {
        return VnnLibReader.parse("(declare-const X_0 Real)(declare-const Y_0 Real)(declare-const Y_1 Real)"
                + "(assert (>= X_0 " + lower + "))(assert (<= X_0 " + upper + "))" + conditions);
    }

    private static String answer(Arithmetic arithmetic, VnnLibProperty property) {
        return VnnLibVerifier.of(seesaw(arithmetic))
                .largestBoxes(50)
                .build()
                .verify(property)
                .answer();
    }

    @Test
    void aReversedInequalityIsCaught() {
        for (Arithmetic arithmetic : Arithmetic.values()) {
            assertThat(answer(arithmetic, oneInput("0.6", "1", "(assert (<= Y_0 Y_1))")))
                    .isEqualTo("unsat");
            assertThat(answer(arithmetic, oneInput("0.6", "1", "(assert (>= Y_0 Y_1))")))
                    .isEqualTo("sat");
            assertThat(answer(arithmetic, oneInput("0", "1", "(assert (and (<= Y_0 0.4) (<= Y_1 0.4)))")))
                    .isEqualTo("unsat");
            assertThat(answer(arithmetic, oneInput("0", "1", "(assert (or (<= Y_0 0.4) (<= Y_1 0.4)))")))
                    .isEqualTo("sat");
        }
    }

    @Test
    void whatIsDecidedByRoundingAloneIsUnknownUnlessEvaluated() {
        VnnLibProperty tie = oneInput("0.5", "0.5", "(assert (<= Y_0 Y_1))");
        assertThat(answer(Arithmetic.FLOAT64, tie)).isEqualTo("sat");
        assertThat(answer(Arithmetic.FLOAT32, tie)).isEqualTo("unknown");
        assertThat(answer(Arithmetic.REAL, tie)).isEqualTo("unknown");
        // no double lies in this box
        VnnLibProperty between = oneInput("0.1", "0.1", "(assert (<= Y_0 Y_1))");
        assertThat(answer(Arithmetic.FLOAT64, between)).isEqualTo("unknown");
        VnnLibProperty free = oneInput("0.1", "0.1", "(assert (<= Y_0 5)) (assert (<= 0 1))");
        assertThat(answer(Arithmetic.FLOAT64, free)).isEqualTo("unknown");
        assertThat(answer(Arithmetic.FLOAT64, oneInput("0.1", "0.1", ""))).isEqualTo("unknown");
        assertThat(answer(Arithmetic.FLOAT64, oneInput("0.1", "0.2", ""))).isEqualTo("sat");
        assertThat(answer(Arithmetic.FLOAT64, oneInput("0.1", "0.2", "(assert (<= 1 0))")))
                .isEqualTo("unsat");
        assertThat(answer(Arithmetic.FLOAT64, oneInput("0.3", "0.2", ""))).isEqualTo("unsat");
    }

    @Test
    void constantsThatAreNoDoublesAreRoundedToTheSafeSide() {
        // Y_0 reaches 0.1 exactly up to half a unit of rounding, in exact numbers not beyond it
        assertThat(answer(Arithmetic.REAL, oneInput("0", "0.0999999999999", "(assert (>= Y_0 0.1))")))
                .isEqualTo("unsat");
        assertThat(answer(Arithmetic.REAL, oneInput("0", "0.1", "(assert (>= Y_0 0.1))")))
                .isEqualTo("unknown");
        // 0.1 Y_0 - 0.3 Y_1 has exact coefficients ten times over
        assertThat(answer(Arithmetic.FLOAT64, oneInput("0", "1", "(assert (<= (+ (* 0.1 Y_0) (* 0.3 Y_1)) 0.099))")))
                .isEqualTo("unsat");
        assertThat(answer(Arithmetic.FLOAT64, oneInput("0", "1", "(assert (<= (+ (* 0.1 Y_0) (* 0.3 Y_1)) 0.101))")))
                .isEqualTo("sat");
        VnnLibVerdict many = VnnLibVerifier.of(seesaw(Arithmetic.FLOAT64))
                .build()
                .verify(oneInput("0", "1", "(assert (<= (* 0.12345678901234567890123456789 Y_0) -1))"));
        assertThat(many)
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.reason()).contains("too many digits"));
    }

    @Test
    void singlePrecisionViolationsAreFloatsAndAClassifierSettlesTies() {
        VnnLibProperty property = oneInput("0.1", "0.7", "(assert (>= Y_0 Y_1))");
        Violated violated =
                (Violated) VnnLibVerifier.of(seesaw(Arithmetic.FLOAT32)).build().verify(property);
        double x = violated.input()[0];
        assertThat((double) (float) x).isEqualTo(x);
        assertThat(x).isBetween(.5, .7);
        assertThat(violated.text()).startsWith("sat\n((X_0 " + x + ")\n(Y_0 ").endsWith("))\n");
        SameDiff sd = SameDiff.create();
        sd.placeHolder("input", DataType.FLOAT, -1, 1)
                .mmul(sd.constant("w", Nd4j.createFromArray(new float[][] {{1, -1}})))
                .add("logits", sd.constant("b", Nd4j.createFromArray(0f, 1f)));
        Classifier model = Classifier.of(sd).input("input").logits("logits").build();
        BoundGraph graph = BoundGraph.of(org.jacreg.graph.GraphModel.builder(sd)
                .input("input")
                .logits("logits")
                .build());
        VnnLibProperty tie = oneInput("0.5", "0.5", "(assert (<= Y_0 Y_1))");
        assertThat(VnnLibVerifier.of(graph).build().verify(tie).answer()).isEqualTo("unknown");
        assertThat(VnnLibVerifier.of(graph)
                        .evaluatedBy(model)
                        .build()
                        .verify(tie)
                        .answer())
                .isEqualTo("sat");
    }

    @Test
    void theBudgetEndsTheSearch() {
        Samples net = Samples.network(2, 2, 20, 20, 2);
        VnnLibProperty hard = null;
        for (int seed = 0; hard == null; seed++) {
            VnnLibProperty property = randomProperty(new Random(seed), 2);
            VnnLibVerdict verdict = VnnLibVerifier.of(net.graph())
                    .method(BoundMethod.INTERVAL)
                    .build()
                    .verify(property);
            hard = verdict instanceof Holds holds && holds.boxes() > 4 ? property : null;
        }
        VnnLibVerdict verdict = VnnLibVerifier.of(net.graph())
                .method(BoundMethod.INTERVAL)
                .largestBoxes(3)
                .build()
                .verify(hard);
        assertThat(verdict).isInstanceOfSatisfying(Unknown.class, unknown -> {
            assertThat(unknown.boxes()).isBetween(1L, 3L);
            assertThat(unknown.reason()).contains("3 boxes");
        });
        VnnLibProperty interrupted = hard;
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> VnnLibVerifier.of(net.graph()).build().verify(interrupted));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void refusesWhatDoesNotFit() {
        VnnLibVerifier.Builder builder = VnnLibVerifier.of(seesaw(Arithmetic.FLOAT64));
        VnnLibProperty wide = randomProperty(new Random(1), 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.build().verify(wide))
                .withMessageContaining("2 inputs and 2 outputs: the network has 1 and 2");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.largestBoxes(0));
        assertThat(builder.seed(3).build().toString()).contains("method=CROWN", "seed=3");
    }
}
