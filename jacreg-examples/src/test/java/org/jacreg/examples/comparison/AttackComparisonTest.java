package org.jacreg.examples.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.ExperimentListener;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of a few filters under short attacks. */
class AttackComparisonTest {

    private static AttackComparison comparison;
    private static INDArray x;
    private static INDArray y;

    @BeforeAll
    static void train() throws IOException {
        ComparisonSettings settings = new ComparisonSettings(
                new Budget(List.of(2, 3), 8, 600, 3, 0, 40, 5e-3, 0.1, 2),
                new Exam(Exam.Split.TEST, 12, 12, List.of(0.02, 0.05), 4),
                1);
        TrainedNetwork network =
                TrainedNetwork.train(settings, MnistData.bundled(), Method.CE, 0, 1, ExperimentListener.none());
        x = network.x();
        y = network.y();
        comparison = new AttackComparison(
                Classifier.of(network.graph()).bounds(0, 1).build(),
                new AttackComparison.Effort(List.of(0.02, 0.05), 5, 20, 4, 4, 20),
                1,
                ExperimentListener.none());
    }

    private static double number(List<String> row, int column) {
        return Double.parseDouble(row.get(column));
    }

    @Test
    void autoAttackIsTheWorstOfItsParts() {
        List<List<String>> rows = comparison.bounded(x, y);

        assertThat(rows)
                .extracting(row -> row.get(0))
                .containsExactly(
                        "attack",
                        "APGD-CE",
                        "APGD-T",
                        "FAB-T",
                        "Square",
                        "AutoAttack: worst of these",
                        "PGD-4 x 4",
                        "APGD-CE x 1",
                        "APGD-CE x 3",
                        "APGD-CE x 4");
        for (int epsilon = 1; epsilon <= 2; epsilon++) {
            for (int part = 1; part <= 4; part++) {
                assertThat(number(rows.get(5), epsilon)).isLessThanOrEqualTo(number(rows.get(part), epsilon));
            }
            // restarts only add
            assertThat(number(rows.get(9), epsilon)).isLessThanOrEqualTo(number(rows.get(7), epsilon));
        }
        // the ensemble's first part and one run of APGD are the same attack
        assertThat(rows.get(7).subList(1, 5)).isEqualTo(rows.get(1).subList(1, 5));
        assertThat(number(rows.get(4), 4)).isPositive();
    }

    @Test
    void noDistanceIsBelowTheLeast() {
        List<List<String>> rows = comparison.distances(x, y);

        assertThat(rows.subList(1, rows.size()))
                .extracting(row -> row.get(0) + " " + row.get(1))
                .containsExactly(
                        "l2 DeepFool",
                        "l2 C&W",
                        "l2 DDN",
                        "l2 FMN",
                        "l2 FAB",
                        "linf DeepFool",
                        "linf FMN",
                        "linf FAB",
                        "l1 EAD",
                        "l1 FMN",
                        "l1 FAB");
        for (List<String> row : rows.subList(1, rows.size())) {
            if (!row.get(5).equals("NaN")) {
                assertThat(number(row, 5)).isGreaterThanOrEqualTo(1);
                assertThat(number(row, 4)).isPositive();
            }
        }
    }

    @Test
    void theMedianIsTheMiddleOne() {
        assertThat(AttackComparison.median(new double[] {3, Double.POSITIVE_INFINITY, 1}))
                .isEqualTo(3);
        assertThat(AttackComparison.median(new double[] {4, 1, 2, 9})).isEqualTo(3);
    }
}
