package org.jacreg.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jacreg.examples.result.ModelKind;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void columnsAreAligned() {
        String table = TextTable.align(List.of(
                List.of("model", "a", "long title"), List.of("x", "12.5%", "3"), List.of("longer name", "1.0%", "44")));

        assertThat(table).isEqualTo("""
                model            a  long title
                ------------------------------
                x            12.5%           3
                longer name   1.0%          44
                """);
    }

    @Test
    void oneRowAModelWithEveryColumn() {
        List<String> lines = TextTable.of(MadeUpResult.make()).lines().toList();

        assertThat(lines).hasSize(2 + ModelKind.values().length + 2);
        assertThat(lines.get(0))
                .containsSubsequence(
                        "model",
                        "clean train",
                        "clean test",
                        "FGSM l_inf",
                        "PGD l_inf",
                        "AutoAttack l_inf",
                        "FGSM l2",
                        "PGD l2",
                        "certified l_inf",
                        "certified radius",
                        "||J||_F",
                        "||J||_1,1",
                        "s/epoch");
        assertThat(lines.get(3))
                .startsWith("frobenius")
                .containsSubsequence(
                        "99.1%",
                        "96.9%", "40.0%", "30.0%", "25.0%", "60.0%", "50.0%", "4.0%", "0.020", "7.00", "617", "7.00");
        assertThat(lines.subList(0, 2 + ModelKind.values().length))
                .allMatch(line -> line.length() == lines.get(0).length());
    }

    @Test
    void figuresHaveThreeDigits() {
        assertThat(ScoreColumn.significant(1234.5)).isEqualTo("1235");
        assertThat(ScoreColumn.significant(12.345)).isEqualTo("12.3");
        assertThat(ScoreColumn.significant(1.2345)).isEqualTo("1.23");
        assertThat(ScoreColumn.significant(0.12345)).isEqualTo("0.123");
        assertThat(ScoreColumn.significant(0)).isEqualTo("0.000");
        assertThat(ScoreColumn.significant(0.00012345)).isEqualTo("1.23e-04");
        assertThat(ScoreColumn.significant(Double.NaN)).isEqualTo("NaN");
    }
}
