package org.jacreg.bounds.certify.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.data.Offset.offset;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundGraphBuilder;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.complete.Verdict;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class CertifiedEvaluationTest {

    private static final double[][] KNOWN = {{.5}, {-1}, {0}, {.2}, {.2}, {1}, {.1}};
    private static final int[] LABELS = {0, 0, 0, 1, 1, 1, 2};

    @Test
    void countsAreThoseByHand() {
        CertifiedAccuracyReport report = CertifiedEvaluation.of(new KnownRadii())
                .over(KNOWN, LABELS)
                .radii(.2, 0, .1, .5, 2, .1)
                .run();
        assertThat(report.curve()).extracting(CertifiedAccuracy::radius).containsExactly(0., .1, .2, .5, 2.);
        assertThat(report.curve()).extracting(CertifiedAccuracy::certified).containsExactly(6, 5, 4, 2, 0);
        assertThat(report.curve().get(2).accuracy()).isEqualTo(4 / 7.0);
        assertThat(report.certifiedAccuracy(.15)).isEqualTo(4 / 7.0);
        assertThat(report.cleanAccuracy()).isEqualTo(6 / 7.0);
        // sums of a few decimals: rounding only
        assertThat(report.meanRadius()).isCloseTo(2.0 / 7, offset(1e-15));
        assertThat(report.medianRadius()).isEqualTo(.2);
        assertThat(report.reasons()).isEqualTo(Map.of(SampleResult.Reason.MISCLASSIFIED, 1));
        List<ClassAccuracy> classes = report.byClass();
        assertThat(classes).extracting(ClassAccuracy::label).containsExactly(0, 1, 2);
        assertThat(classes).extracting(ClassAccuracy::samples).containsExactly(3, 3, 1);
        assertThat(classes.get(0).cleanAccuracy()).isEqualTo(2 / 3.0);
        assertThat(classes.get(0).meanRadius()).isCloseTo(.5 / 3, offset(1e-15));
        assertThat(classes.get(0).certifiedAccuracy()).containsExactly(2 / 3., 1 / 3., 1 / 3., 1 / 3., 0.);
        assertThat(classes.get(2).certifiedAccuracy()).containsExactly(1., 1., 0., 0., 0.);
    }

    @Test
    void intervalIsThatOfTheCount() {
        CertifiedAccuracy point = CertifiedEvaluation.of(new KnownRadii())
                .over(new double[][] {{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}}, new int[10])
                .radii(.5)
                .confidence(.9)
                .run()
                .curve()
                .get(0);
        assertThat(point.interval().upper()).isEqualTo(1);
        // the closed form 0.05^(1/10); the quantile is solved to 1e-9
        assertThat(point.interval().lower()).isCloseTo(Math.pow(.05, .1), offset(2e-9));
    }

    @Test
    void medianOfAnEvenNumberIsTheMeanOfTheMiddle() {
        CertifiedAccuracyReport report = CertifiedEvaluation.of(new KnownRadii())
                .over(new double[][] {{.5}, {-1}, {.25}, {3}}, new int[4])
                .radii(1)
                .run();
        assertThat(report.medianRadius()).isEqualTo(.375);
    }

    @Test
    void smoothedRadiiDoNotHoldAtTheirEnd() {
        assertThat(new SampleResult.Smoothed(0, 0, .5, .7, 9).certifiedAt(.5)).isFalse();
        assertThat(new SampleResult.Smoothed(0, 0, .5, .7, 9).certifiedAt(.4999))
                .isTrue();
        assertThat(new SampleResult.Proved(0, 0, .5, 1).certifiedAt(.5)).isTrue();
    }

    /** For {@code z = (<w, x>, 0)} the l_inf radius is {@code |<w, x>| / ||w||_1}. */
    @Test
    void linearModelHasItsClosedForm() {
        BoundGraphBuilder builder = BoundGraph.builder(2);
        BoundGraph graph =
                builder.build(builder.dense(0, new double[][] {{2, -1}, {0, 0}}, new double[2]), Arithmetic.REAL);
        double[][] x = {{1, 1}, {3, 0}, {0, .3}, {.5, 1}};
        int[] labels = {0, 0, 1, 0};
        double[] radii = {1 / 3.0, 2, .1, 0};
        CertifiedAccuracyReport report = CertifiedEvaluation.of(
                        Certifier.of(graph).build())
                .over(x, labels)
                .largestRadius(4)
                .run();
        for (int n = 0; n < 3; n++) {
            // the resolution of the bisection, below the largest provable radius
            assertThat(report.samples().get(n).radius()).isBetween(radii[n] - 4 * 0x1p-14, radii[n]);
        }
        assertThat(report.reasons()).isEqualTo(Map.of(SampleResult.Reason.TIE, 1));
        assertThat(report.radii()).hasSize(11).startsWith(0.0).endsWith(4.0);
        assertThat(report.certifiedAccuracy(.05)).isEqualTo(.75);
        assertThat(report.certifiedAccuracy(.2)).isEqualTo(.5);
    }

    @Test
    void gridCountsWhatIsProvedAtEachRadiusAndNeverRises() {
        for (int seed = 0; seed < 5; seed++) {
            Samples net = Samples.network(seed, 3, 6, 5, 3);
            double[][] x = Samples.points(seed, 30, 3);
            int[] labels = net.labels(x);
            for (BallNorm norm : BallNorm.values()) {
                Certifier certifier =
                        Certifier.of(net.graph()).norm(norm).bounds(0, 1).build();
                double[] radii = {0, .01, .05, .1, .3};
                CertifiedAccuracyReport report = CertifiedEvaluation.of(certifier)
                        .over(x, labels)
                        .radii(radii)
                        .chunkSize(7)
                        .run();
                int last = 30;
                for (int k = 0; k < radii.length; k++) {
                    int count = (int) certifier.certify(x, labels, radii[k]).stream()
                            .filter(Certificate::certified)
                            .count();
                    assertThat(report.curve().get(k).certified())
                            .isEqualTo(count)
                            .isLessThanOrEqualTo(last);
                    last = count;
                }
                assertThat(report.cleanAccuracy()).isEqualTo(.8);
            }
        }
    }

    @Test
    void everyFaceGivesItsCertifiersOwnRadii() {
        Samples net = Samples.network(3, 3, 5, 3);
        double[][] x = Samples.points(4, 10, 3);
        int[] labels = net.labels(x);
        InputBox box = new InputBox(0, 1);
        Certifier crown = Certifier.of(net.graph()).bounds(0, 1).build();
        assertThat(radii(DatasetCertifier.of(crown), x, labels))
                .isEqualTo(crown.largestRadii(x, labels, .5).stream()
                        .map(c -> Math.max(0, c.radius()))
                        .toList());
        LipschitzCertifier constants =
                LipschitzCertifier.of(net.layers(), BallNorm.LINF, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64);
        LocalLipschitzCertifier local = LocalLipschitzCertifier.of(
                net.graph(), BallNorm.LINF, box, crown.options().method(), Arithmetic.FLOAT64);
        List<Double> global = radii(DatasetCertifier.of(constants), x, labels);
        List<Double> nearby = radii(DatasetCertifier.of(local), x, labels);
        for (int n = 0; n < x.length; n++) {
            assertThat(global.get(n))
                    .isEqualTo(Math.max(0, constants.certify(x[n], labels[n]).radius()));
            assertThat(nearby.get(n))
                    .isEqualTo(Math.max(0, local.certify(x[n], labels[n], .5).radius()));
        }
        assertThat(global).anyMatch(radius -> radius > 0);
        assertThat(nearby).anyMatch(radius -> radius > 0);
    }

    @Test
    void completeRadiiBracketTheRefutedOnes() {
        InputBox box = new InputBox(0, 1);
        Set<SampleResult.Reason> reasons = EnumSet.noneOf(SampleResult.Reason.class);
        int bracketed = 0;
        for (int seed = 0; seed < 4; seed++) {
            Samples net = Samples.network(seed, 2, 6, 3);
            double[][] x = Samples.points(seed, 12, 2);
            int[] labels = net.labels(x);
            CompleteVerifier verifier = CompleteVerifier.of(net.layers(), 10_000);
            List<Double> complete = radii(DatasetCertifier.of(verifier, box), x, labels);
            List<Double> crown = radii(
                    DatasetCertifier.of(Certifier.of(net.graph()).bounds(0, 1).build()), x, labels);
            for (int n = 0; n < x.length; n++) {
                // a complete method cannot do worse than a bound, up to the resolution of its bisection
                assertThat(complete.get(n)).isGreaterThanOrEqualTo(crown.get(n) - .5 * 0x1p-14);
                if (complete.get(n) > 0 && complete.get(n) < .5) {
                    bracketed++;
                    assertThat(verifier.verify(x[n], labels[n], complete.get(n), box))
                            .isInstanceOf(Verdict.Proved.class);
                    assertThat(verifier.verify(x[n], labels[n], complete.get(n) + .5 * 0x1p-14, box))
                            .isInstanceOf(Verdict.Refuted.class);
                }
            }
            CertifiedAccuracyReport grid = CertifiedEvaluation.of(DatasetCertifier.of(verifier, box))
                    .over(x, labels)
                    .radii(.2, .3, .45)
                    .run();
            for (CertifiedAccuracy point : grid.curve()) {
                assertThat((long) point.certified())
                        .isEqualTo(complete.stream()
                                .filter(r -> r >= point.radius())
                                .count());
            }
            reasons.addAll(grid.reasons().keySet());
        }
        assertThat(bracketed).isGreaterThan(5);
        assertThat(reasons).contains(SampleResult.Reason.MISCLASSIFIED, SampleResult.Reason.REFUTED);
    }

    private static List<Double> radii(DatasetCertifier certifier, double[][] x, int[] labels) {
        return CertifiedEvaluation.of(certifier).over(x, labels).largestRadius(.5).run().samples().stream()
                .map(SampleResult::radius)
                .toList();
    }

    @Test
    void arraysOfAnyShapeAreFlattened() {
        Samples net = Samples.network(7, 4, 5, 2);
        double[][] x = Samples.points(8, 6, 4);
        int[] labels = net.labels(x);
        Certifier certifier = Certifier.of(net.graph()).build();
        CertifiedEvaluation evaluation = CertifiedEvaluation.of(certifier).radii(.1);
        List<SampleResult> rows = evaluation.over(x, labels).run().samples();
        List<SampleResult> images = evaluation
                .over(Nd4j.createFromArray(x).castTo(DataType.DOUBLE).reshape('c', 6, 1, 2, 2), labels)
                .run()
                .samples();
        assertThat(images).isEqualTo(rows);
    }

    @Test
    void refusesWhatIsNoData() {
        CertifiedEvaluation evaluation = CertifiedEvaluation.of(
                Certifier.of(Samples.network(1, 2, 3, 2).graph()).bounds(0, 1).build());
        assertThatIllegalStateException().isThrownBy(evaluation::run).withMessageContaining("radii(");
        assertThatIllegalStateException()
                .isThrownBy(evaluation.radii(.1)::run)
                .withMessageContaining("over(x, labels)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.over(new double[][] {{.1, .2}, {.3, Double.NaN}}, new int[2]))
                .withMessageContaining("sample 1 has NaN at index 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.over(new double[][] {{.1, 1.5}}, new int[1]))
                .withMessageContaining("1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.over(new double[][] {{.1}}, new int[1]))
                .withMessageContaining("has 1 numbers, wanted 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.over(new double[][] {{.1, .2}}, new int[] {2}))
                .withMessageContaining("label 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.over(new double[0][], new int[0]))
                .withMessageContaining("0 samples");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.over(Nd4j.scalar(1.0), new int[1]))
                .withMessageContaining("inputShape");
    }

    @Test
    void refusesWhatAreNoRadii() {
        CertifiedEvaluation evaluation =
                CertifiedEvaluation.of(new KnownRadii()).over(KNOWN, LABELS);
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation.radii(.1, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation.radii(-.1));
        assertThatIllegalArgumentException().isThrownBy(evaluation::radii);
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation.largestRadius(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation.largestRadius(0));
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation.chunkSize(0));
        assertThatIllegalArgumentException().isThrownBy(() -> evaluation.confidence(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.radii(.1, 3).largestRadius(2).run())
                .withMessageContaining("3.0")
                .withMessageContaining("2.0");
    }

    @Test
    void aNetworkOfOneClassHasNoCertifier() {
        BoundGraphBuilder builder = BoundGraph.builder(1);
        BoundGraph graph = builder.build(builder.dense(0, new double[][] {{1}}, new double[1]), Arithmetic.REAL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertifiedEvaluation.of(Certifier.of(graph).build()))
                .withMessageContaining("1 class");
    }

    @Test
    void samplesAreCopied() {
        double[][] x = {{.5}};
        CertifiedEvaluation evaluation =
                CertifiedEvaluation.of(new KnownRadii()).over(x, new int[1]).radii(.1);
        x[0][0] = -1;
        assertThat(evaluation.run().cleanAccuracy()).isEqualTo(1);
    }
}
