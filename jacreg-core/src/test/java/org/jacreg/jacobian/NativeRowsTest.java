package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;

import org.jacreg.jacobian.JacobianPieces.Piece;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pieces of every layout find their places, on arrays that held something else. */
class NativeRowsTest {

    private static final int SAMPLES = 3;
    private static final int ROWS = 2;

    /** The last sizes are shared out to threads. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT,FLOAT,5",
        "DOUBLE,DOUBLE,5",
        "FLOAT,DOUBLE,5",
        "DOUBLE,FLOAT,1",
        "FLOAT,FLOAT,1",
        "FLOAT,FLOAT,9001"
    })
    void rowsAndColumnsFindTheirPlaces(DataType from, DataType to, int columns) {
        INDArray stacked = Nd4j.arange(SAMPLES * ROWS * columns).castTo(from);
        INDArray rows = stacked.reshape('c', ROWS, SAMPLES, columns).permute(1, 0, 2);
        INDArray scattered = stacked.reshape('c', columns, SAMPLES, ROWS).permute(1, 2, 0);
        assertThat(NativeRows.of(rows)).isPresent();
        assertThat(NativeRows.of(scattered).isPresent()).isEqualTo(columns == 1);
        requirePlaced(rows, to, columns);
        requirePlaced(scattered, to, columns);
    }

    private static void requirePlaced(INDArray values, DataType type, int columns) {
        INDArray target = Nd4j.valueArrayOf(new long[] {SAMPLES + 2, ROWS + 2, columns + 3}, -7.0, type);
        new Piece(0, 1, 2, values).copyTo(target, 1);
        for (int n = 0; n < SAMPLES + 2; n++) {
            for (int c = 0; c < ROWS + 2; c++) {
                for (int i = 0; i < columns + 3; i += i > 5 && i < columns - 5 ? 997 : 1) {
                    boolean inside = n >= 1 && n < 1 + SAMPLES && c >= 1 && c < 1 + ROWS && i >= 2 && i < 2 + columns;
                    double expected = inside ? values.getDouble(n - 1, c - 1, i - 2) : -7;
                    assertThat(target.getDouble(n, c, i)).isEqualTo(expected);
                }
            }
        }
    }
}
