package org.jacreg.attacks.threat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NormBallTest {

    private static final InputBox UNIT = new InputBox(0, 1);

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesARadiusThatIsNone(double epsilon) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBall.linf(epsilon))
                .withMessageContaining("epsilon must be positive and finite, got " + epsilon);
        assertThatIllegalArgumentException().isThrownBy(() -> NormBall.l2(epsilon));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesACenterOutsideTheBox(double value) {
        INDArray centers = Nd4j.createFromArray(new double[][] {{0, 1}, {.5, value}});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBall.l2(1).around(centers, UNIT))
                .withMessageContaining("sample 1 has " + value + " at entry 1")
                .withMessageContaining("[0.0, 1.0]");
    }

    @Test
    void refusesInfiniteCentersWithoutABox() {
        INDArray centers = Nd4j.createFromArray(new double[][] {{Double.POSITIVE_INFINITY}});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBall.l2(1).around(centers, InputBox.unbounded()))
                .withMessageContaining("sample 0 has Infinity");
    }

    @Test
    void refusesOtherShapesAndTypes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBall.l2(1).around(Nd4j.createFromArray(1f, 0f), UNIT))
                .withMessageContaining("expected a batch");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NormBall.l2(1).around(Nd4j.zeros(DataType.INT32, 2, 2), UNIT))
                .withMessageContaining("INT");
        FeasibleSet set = NormBall.l2(1).around(Nd4j.zeros(DataType.FLOAT, 2, 2), UNIT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.project(Nd4j.zeros(DataType.FLOAT, 2, 3)))
                .withMessageContaining("expected [2, 2] of FLOAT, got [2, 3] of FLOAT");
        assertThatIllegalArgumentException().isThrownBy(() -> set.project(Nd4j.zeros(DataType.DOUBLE, 2, 2)));
    }

    @Test
    void measuresKnownDistances() {
        INDArray a = Nd4j.createFromArray(new double[][] {{3, 0}, {0, 0}}).reshape(2, 1, 2);
        INDArray b = Nd4j.createFromArray(new double[][] {{0, 4}, {0, -2}}).reshape(2, 1, 2);
        assertThat(Norm.LINF.distances(a, b)).containsExactly(4, 2);
        assertThat(Norm.L2.distances(a, b)).containsExactly(5, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.L2.distances(a, Nd4j.zeros(DataType.DOUBLE, 2, 2)))
                .withMessageContaining("[2, 1, 2] and [2, 2]");
    }

    /** From (0.5, 0) with radius 0.8: the box stops the first entry of the perturbation at 0.5. */
    @Test
    void knownL2ProjectionWithBox() {
        INDArray points = Nd4j.createFromArray(new double[][] {{1.7, .6}, {1.7, .7}});
        INDArray centers = Nd4j.createFromArray(new double[][] {{.5, 0}, {.5, 0}});
        NormBall.l2(.8).around(centers, UNIT).project(points);
        // first: clipping gives (0.5, 0.6), norm 0.781 <= 0.8; second: norm 0.86, so (0.5, sqrt(0.64 - 0.25))
        assertThat(points.getRow(0).toDoubleVector()).containsExactly(1, .6);
        assertThat(points.getDouble(1, 0)).isEqualTo(1);
        assertThat(points.getDouble(1, 1)).isCloseTo(Math.sqrt(.39), org.assertj.core.data.Offset.offset(1e-15));
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void viewsAndFortranOrderAreReadRight(Norm norm) {
        INDArray big = Nd4j.rand(DataType.DOUBLE, 4, 6);
        INDArray view = big.get(NDArrayIndex.interval(1, 3), NDArrayIndex.interval(2, 5));
        INDArray points = view.mul(3).subi(1);
        INDArray expected = points.dup('c');
        new NormBall(norm, .2).around(view.dup('c'), UNIT).project(expected);
        INDArray fortran = points.dup('f');
        new NormBall(norm, .2).around(view, UNIT).project(fortran);
        INDArray holder = Nd4j.zeros(DataType.DOUBLE, 4, 6);
        INDArray pointsView = holder.get(NDArrayIndex.interval(1, 3), NDArrayIndex.interval(2, 5));
        pointsView.assign(points);
        new NormBall(norm, .2).around(view, UNIT).project(pointsView);
        assertThat(fortran.dup('c').data().asDouble()).isEqualTo(expected.data().asDouble());
        assertThat(pointsView.dup('c').data().asDouble())
                .isEqualTo(expected.data().asDouble());
    }
}
