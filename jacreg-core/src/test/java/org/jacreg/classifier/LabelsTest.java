package org.jacreg.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class LabelsTest {

    @Test
    void oneHotAndSparseLabelsAreRead() {
        assertThat(Labels.indices(Nd4j.createFromArray(new float[][] {{0, 1, 0}, {1, 0, 0}}), 3))
                .containsExactly(1, 0);
        assertThat(Labels.indices(Nd4j.createFromArray(2, 0), 3)).containsExactly(2, 0);
        assertThat(Labels.indices(Nd4j.createFromArray(new double[][] {{2}, {0}}), 3))
                .containsExactly(2, 0);
        assertThat(Labels.indices(Nd4j.createFromArray(new double[][] {{0}, {0}}), 1))
                .containsExactly(0, 0);
    }

    @Test
    void whatIsNoLabelIsNamed() {
        assertThatThrownBy(() -> Labels.indices(Nd4j.createFromArray(new float[][] {{0, 1, 1}}), 3))
                .hasMessageContaining("row 0")
                .hasMessageContaining("one-hot");
        assertThatThrownBy(() -> Labels.indices(Nd4j.createFromArray(new float[][] {{0, 0, 0}}), 3))
                .hasMessageContaining("row 0");
        assertThatThrownBy(() -> Labels.indices(Nd4j.createFromArray(new float[][] {{0, Float.NaN, 1}}), 3))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> Labels.indices(Nd4j.createFromArray(0, 3), 3))
                .hasMessageContaining("sample 1 has class 3.0");
        assertThatThrownBy(() -> Labels.indices(Nd4j.createFromArray(0.5), 3)).hasMessageContaining("0.5");
        assertThatThrownBy(() -> Labels.indices(Nd4j.createFromArray(Double.NaN), 3))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> Labels.indices(Nd4j.zeros(2, 4), 3)).hasMessageContaining("[2, 4]");
    }
}
