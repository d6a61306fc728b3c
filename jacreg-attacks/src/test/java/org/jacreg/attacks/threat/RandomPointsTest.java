package org.jacreg.attacks.threat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Distribution and independence of random starts. */
class RandomPointsTest {

    private static final int SAMPLES = 2000;

    /** Seeds are fixed, so this is a yes-or-no check; a right sampler is below it once in ten thousand seeds. */
    private static final double LEAST_P = 1e-4;

    private static INDArray distinctCenters(int entries) {
        return Nd4j.linspace(DataType.DOUBLE, 0, 1e-4, (long) SAMPLES * entries).reshape('c', SAMPLES, entries);
    }

    private static double pOfUniform(double[] values, double low, double high) {
        return new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new UniformRealDistribution(low, high), values);
    }

    @Test
    void linfEntriesAreUniform() {
        INDArray centers = distinctCenters(3);
        INDArray moved = NormBall.linf(.5).around(centers, InputBox.unbounded()).randomPoints(1);
        for (int j = 0; j < 3; j++) {
            double[] entries = moved.sub(centers).getColumn(j).toDoubleVector();
            assertThat(pOfUniform(entries, -.5, .5)).as("entry %s", j).isGreaterThan(LEAST_P);
        }
    }

    @Test
    void l2RadiiFillTheBallUniformly() {
        INDArray centers = distinctCenters(3);
        FeasibleSet set = NormBall.l2(.5).around(centers, InputBox.unbounded());
        double[] volumes = Arrays.stream(set.distances(set.randomPoints(1)))
                .map(radius -> Math.pow(radius / .5, 3))
                .toArray();
        assertThat(pOfUniform(volumes, 0, 1)).isGreaterThan(LEAST_P);
    }

    /** On a sphere in three dimensions every coordinate of the direction is uniform (Archimedes). */
    @Test
    void l2DirectionsAreUniform() {
        INDArray centers = distinctCenters(3);
        INDArray moves = NormBall.l2(.5)
                .around(centers, InputBox.unbounded())
                .randomPoints(2)
                .sub(centers);
        INDArray directions = moves.diviColumnVector(moves.norm2(1));
        for (int j = 0; j < 3; j++) {
            assertThat(pOfUniform(directions.getColumn(j).toDoubleVector(), -1, 1))
                    .as("coordinate %s", j)
                    .isGreaterThan(LEAST_P);
        }
    }

    @Test
    void drawDependsOnSeedAndSampleOnly() {
        INDArray centers = Nd4j.createFromArray(new double[][] {{.1, .2}, {.3, .4}, {.1, .2}, {0, 0}, {-0.0, 0}});
        for (Norm norm : Norm.values()) {
            NormBall ball = new NormBall(norm, .1);
            INDArray drawn = ball.around(centers, InputBox.unbounded()).randomPoints(9);
            for (int n = 0; n < 5; n++) {
                INDArray alone = ball.around(centers.getRow(n, true), InputBox.unbounded())
                        .randomPoints(9);
                assertThat(alone.toDoubleVector()).isEqualTo(drawn.getRow(n).toDoubleVector());
            }
            assertThat(drawn.getRow(2).toDoubleVector())
                    .isEqualTo(drawn.getRow(0).toDoubleVector());
            assertThat(drawn.getRow(4).toDoubleVector())
                    .isEqualTo(drawn.getRow(3).toDoubleVector());
            assertThat(drawn.getRow(1).sub(centers.getRow(1)).toDoubleVector())
                    .isNotEqualTo(drawn.getRow(0).sub(centers.getRow(0)).toDoubleVector());
            INDArray other = ball.around(centers, InputBox.unbounded()).randomPoints(10);
            assertThat(other.getRow(0).toDoubleVector())
                    .isNotEqualTo(drawn.getRow(0).toDoubleVector());
        }
    }

    @Test
    void drawStaysInBallAndBoxAndLeavesTheCentersAlone() {
        INDArray centers = Nd4j.createFromArray(new float[][] {{0, 1, .5f}, {1, 1, 0}});
        double[] before = centers.dup().data().asDouble();
        InputBox box = new InputBox(0, 1);
        for (Norm norm : Norm.values()) {
            FeasibleSet set = new NormBall(norm, .3).around(centers, box);
            for (int seed = 0; seed < 50; seed++) {
                INDArray points = set.randomPoints(seed);
                assertThat(points.dataType()).isEqualTo(DataType.FLOAT);
                // x + d rounded in FLOAT
                assertThat(Arrays.stream(set.distances(points))).allMatch(distance -> distance <= .3 + 1e-6);
                assertThat(Arrays.stream(points.data().asDouble())).allMatch(box::contains);
            }
        }
        assertThat(centers.data().asDouble()).isEqualTo(before);
    }
}
