package org.jacreg.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.jacreg.bounds.certify.dataset.CertifiedAccuracyJson;
import org.jacreg.bounds.certify.dataset.CertifiedAccuracyReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumberedExamplesTest {

    @Test
    void e01ThePenaltyMakesTheJacobianSmaller() throws IOException {
        E01_AddAPenalty.Outcome without = E01_AddAPenalty.measure(0, true);
        E01_AddAPenalty.Outcome with = E01_AddAPenalty.measure(0.05, true);

        // Initial weights are drawn without a seed here, as in most users' code: the factor seen is about 3, so 1.5 is
        // safe.
        assertThat(with.meanFrobenius()).isLessThan(without.meanFrobenius() / 1.5);
        assertThat(with.losses()).containsExactly("loss");
    }

    @Test
    void e01CommonMistakeLeavesTheTotalAsTheLoss() throws IOException {
        assertThat(E01_AddAPenalty.measure(0.05, false).losses()).doesNotContain("loss");
    }

    @Test
    void e02AttacksLowerTheAccuracyAndStayInTheBox() throws IOException {
        E02_AttackAModel.Outcome outcome = E02_AttackAModel.attack();

        assertThat(outcome.clean()).isGreaterThan(0.7);
        assertThat(outcome.fgsm()).isLessThan(outcome.clean() - 0.2);
        // PGD takes many small steps where FGSM takes one; here it finds at least about as many errors.
        assertThat(outcome.pgd()).isLessThanOrEqualTo(outcome.fgsm() + 0.02);
        assertThat(outcome.greatestPixel()).isLessThanOrEqualTo(1.0);
        assertThat(outcome.greatestPixelUnbounded()).isGreaterThan(1.0);
    }

    @Test
    void e03SlopesInTheLossMakeTheFunctionBetter() {
        E03_ALossOnAGradient.Outcome values = E03_ALossOnAGradient.learn(false);
        E03_ALossOnAGradient.Outcome slopes = E03_ALossOnAGradient.learn(true);

        assertThat(slopes.greatestError()).isLessThan(values.greatestError() / 2);
        assertThat(slopes.losses()).containsExactly("loss");
    }

    @Test
    void e03CommonMistakeCannotBeBuilt() {
        assertThat(E03_ALossOnAGradient.takesGradientsOfSameDiff()).isFalse();
    }

    @Test
    void e04TheSurrogateMakesTheNetworkHarderToAttack() throws IOException {
        E04_SurrogatesAndSchedules.Outcome plain = E04_SurrogatesAndSchedules.train(0);
        E04_SurrogatesAndSchedules.Outcome surrogate = E04_SurrogatesAndSchedules.train(47);

        assertThat(surrogate.robustAccuracy()).isGreaterThan(plain.robustAccuracy() + 0.05);
        // 3,000 digits in batches of 64, three times.
        assertThat(surrogate.penalties()).hasSize(3 * 47);
    }

    @Test
    void e04CommonMistakeIsAtFullWeightAfterTwoBatches() {
        // In the tenth batch of the first epoch.
        assertThat(E04_SurrogatesAndSchedules.warmUp(2).valueAt(9, 0)).isEqualTo(0.05);
        assertThat(E04_SurrogatesAndSchedules.warmUp(47).valueAt(9, 0)).isLessThan(0.02);
    }

    @Test
    void e05ARobustlyTrainedNetworkWithstandsMoreOfAutoAttack() throws IOException {
        E05_RobustTraining.Outcome plain = E05_RobustTraining.train(false);
        E05_RobustTraining.Outcome robust = E05_RobustTraining.train(true);

        assertThat(robust.robustAccuracy().get(.1))
                .isGreaterThan(plain.robustAccuracy().get(.1) + .3);
        // more is broken in a larger ball
        assertThat(robust.robustAccuracy().get(.05))
                .isBetween(robust.robustAccuracy().get(.1), robust.cleanAccuracy());
    }

    @Test
    void e06ThePenaltyMakesMoreDigitsCertifiable(@TempDir Path folder) throws IOException {
        E06_CertifyAModel.Outcome plain = E06_CertifyAModel.certify(0, folder);
        E06_CertifyAModel.Outcome penalised = E06_CertifyAModel.certify(0.01, folder);

        CertifiedAccuracyReport report = penalised.report();
        assertThat(report.certifiedAccuracy(0.05)).isGreaterThan(plain.report().certifiedAccuracy(0.05) + 0.1);
        assertThat(report.certifiedAccuracy(0.01)).isBetween(report.certifiedAccuracy(0.05), report.cleanAccuracy());
        assertThat(CertifiedAccuracyJson.read(folder.resolve("certified.json"))).isEqualTo(report);
        // the same bounds over the same balls, written down and read back
        for (int n = 0; n < 5; n++) {
            assertThat(penalised.answers().get(n).equals("unsat"))
                    .isEqualTo(report.samples().get(n).certifiedAt(0.02));
        }
        assertThat(folder.resolve("instances.csv")).content().hasLineCount(5);
    }

    @Test
    void e07ImportsTheNetworkAsItWasExportedAndCertifiesIt() throws IOException {
        E07_CertifyAnOnnxModel.Outcome outcome = E07_CertifyAnOnnxModel.certify();

        // what PyTorch printed when it wrote the file, in float32
        double[] exported = {
            -1.165132999420166,
            -8.263120651245117,
            0.4088640809059143,
            1.671370029449463,
            -7.305015563964844,
            -3.0964040756225586,
            -9.284159660339355,
            9.353277206420898,
            -1.4000446796417236,
            -0.11036735028028488
        };
        assertThat(outcome.firstLogits()).hasSize(10);
        for (int c = 0; c < 10; c++) {
            assertThat(outcome.firstLogits().get(c)).isCloseTo(exported[c], within(1e-4));
        }
        assertThat(outcome.accuracy()).isGreaterThan(0.9);
        assertThat(outcome.certifiedAt(0)).isEqualTo(outcome.accuracy());
        assertThat(outcome.certifiedAt(0.02)).isBetween(0.3, outcome.accuracy());
        assertThat(outcome.certifiedAt(0.2)).isLessThan(0.5);
    }
}
