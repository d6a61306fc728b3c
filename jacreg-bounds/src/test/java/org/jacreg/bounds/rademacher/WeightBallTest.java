package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WeightBallTest {

    @Provide
    Arbitrary<WeightBall> balls() {
        return Arbitraries.of(
                WeightBall.frobenius(0.7), WeightBall.operator(0.7), new WeightBall(1, 0.7), new WeightBall(0.9, 0.3));
    }

    private static double[] singularValues(INDArray w) {
        return new SingularValueDecomposition(new Array2DRowRealMatrix(w.toDoubleMatrix())).getSingularValues();
    }

    private static boolean isInside(WeightBall ball, INDArray w) {
        // the decomposition and the products err by some 1e-15 relative; the Gram matrix adds a little
        return singularValues(w)[0] <= ball.operator() * (1 + 1e-12)
                && w.norm2Number().doubleValue() <= ball.frobenius() * (1 + 1e-12);
    }

    /** The nearest point of a convex set is the one from which no point of the set is ahead. */
    @Property(tries = 60, seed = "59")
    void projectionIsTheNearestPoint(
            @ForAll("balls") WeightBall ball,
            @ForAll @LongRange(min = 0, max = 100_000) long seed,
            @ForAll @IntRange(min = 1, max = 5) int rows,
            @ForAll @IntRange(min = 1, max = 5) int columns) {
        Random random = new Random(seed);
        INDArray w = SmallNets.normal(DataType.DOUBLE, random, 0.1 + random.nextDouble(), rows, columns);
        INDArray projected = w.dup();
        ball.project(projected);
        assertThat(isInside(ball, projected)).isTrue();
        INDArray ahead = w.sub(projected);
        for (int k = 0; k < 20; k++) {
            INDArray other = SmallNets.normal(DataType.DOUBLE, random, 1, rows, columns);
            // scaled into the ball by its singular values, near the projection at times
            double[] values = singularValues(other);
            double shrink = Math.min(
                    ball.operator() / values[0],
                    ball.frobenius() / other.norm2Number().doubleValue());
            INDArray point = other.mul(Math.min(1, shrink));
            INDArray between = projected.add(point.sub(projected).mul(Math.pow(0.1, k % 3)));
            assertThat(isInside(ball, between)).isTrue();
            double product = ahead.mul(between.sub(projected)).sumNumber().doubleValue();
            assertThat(product).isLessThanOrEqualTo(1e-9);
        }
        INDArray again = projected.dup();
        ball.project(again);
        assertThat(again.sub(projected).norm2Number().doubleValue()).isLessThan(1e-9);
    }

    @Test
    void knownProjection() {
        INDArray w = Nd4j.createFromArray(new double[][] {{3, 0}, {0, 0.5}});
        new WeightBall(10, 2).project(w);
        assertThat(w.sub(Nd4j.createFromArray(new double[][] {{2, 0}, {0, 0.5}}))
                        .norm2Number()
                        .doubleValue())
                .isLessThan(1e-14);
        INDArray single = Nd4j.createFromArray(new float[][] {{3, 4}});
        WeightBall.operator(1).project(single);
        // float32: one unit in the last place
        assertThat(single.sub(Nd4j.createFromArray(new float[][] {{0.6f, 0.8f}}))
                        .norm2Number()
                        .doubleValue())
                .isLessThan(2e-7);
        assertThat(single.dataType()).isEqualTo(DataType.FLOAT);
        INDArray kernel = Nd4j.ones(DataType.DOUBLE, 2, 2, 1, 1);
        WeightBall.frobenius(1).project(kernel);
        assertThat(kernel.getDouble(0)).isEqualTo(0.5);
    }

    @Test
    void insideNothingMoves() {
        INDArray w = Nd4j.createFromArray(new double[][] {{0.5, 0.1}, {-0.2, 0.5}});
        INDArray before = w.dup();
        Stream.of(WeightBall.frobenius(2), WeightBall.operator(0.7), new WeightBall(1, 0.7))
                .forEach(ball -> ball.project(w));
        assertThat(w).isEqualTo(before);
    }

    @Test
    void radii() {
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException().isThrownBy(() -> WeightBall.frobenius(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> WeightBall.operator(bad));
        }
    }
}
