package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class InputCheckTest {

    /** Longer than a block of the scan, and no multiple of one. */
    private static final int ROWS = 71;

    private static final int COLUMNS = 67;

    static Stream<Arguments> faults() {
        return Stream.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)
                .flatMap(type -> Stream.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)
                        .flatMap(fault -> Stream.of(0, 2047, 2048, ROWS * COLUMNS - 1)
                                .map(place -> Arguments.of(type, fault, place))));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void findsOneFaultAnywhere(DataType type, double fault, int place) {
        INDArray array = Nd4j.ones(type, ROWS, COLUMNS);
        array.putScalar(new int[] {place / COLUMNS, place % COLUMNS}, fault);
        refuses(array);
        refuses(array.transpose());
        refuses(array.dup('f'));
    }

    private static void refuses(INDArray array) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InputCheck.finite("x", array))
                .withMessage("x holds NaN or infinite values; remove or replace them first");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void acceptsWhatIsFiniteAtTheEdges(DataType type) {
        boolean single = type == DataType.FLOAT;
        double largest = single ? Float.MAX_VALUE : Double.MAX_VALUE;
        double tiny = single ? Float.MIN_VALUE : Double.MIN_VALUE;
        INDArray array = Nd4j.createFromArray(largest, -largest, largest, largest, tiny, -tiny, 0.0, -0.0)
                .castTo(type);
        assertThatCode(() -> InputCheck.finite("x", array)).doesNotThrowAnyException();
        assertThatCode(() -> InputCheck.finite("x", Nd4j.scalar(type, 3))).doesNotThrowAnyException();
    }

    /** What lies beside a view is not the view's. */
    @Test
    void viewsAreCheckedWhereTheyLie() {
        INDArray array = Nd4j.ones(DataType.FLOAT, 6, 5);
        array.putScalar(new int[] {3, 2}, Float.NaN);
        refuses(array.get(NDArrayIndex.interval(3, 5), NDArrayIndex.all()));
        refuses(array.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 3)));
        assertThatCode(() -> InputCheck.finite("x", array.get(NDArrayIndex.interval(0, 3), NDArrayIndex.all())))
                .doesNotThrowAnyException();
        assertThatCode(() -> InputCheck.finite("x", array.get(NDArrayIndex.interval(4, 6), NDArrayIndex.all())))
                .doesNotThrowAnyException();
        assertThatCode(() -> InputCheck.finite("x", array.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 5))))
                .doesNotThrowAnyException();
    }
}
