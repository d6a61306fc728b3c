package org.jacreg.bounds.certify.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Estimates against closed forms on a linear model, central differences and their own definitions. */
class RadiusEstimatesTest {

    private static final double[][] W = {{1, -2}, {0.5, 1}, {-1, 0.25}};
    private static final double[] Z = {0.6, -0.15, -0.275};
    private static final INDArray X = Nd4j.createFromArray(new double[][] {{0.3, -0.1}});

    private static Classifier linear() {
        return Classifier.of(SmallNets.linear(W, new double[] {0.1, -0.2, 0.05}))
                .build();
    }

    private static double distance(BallNorm norm) {
        double best = Double.POSITIVE_INFINITY;
        for (int j = 1; j < 3; j++) {
            double a = Math.abs(W[0][0] - W[j][0]);
            double b = Math.abs(W[0][1] - W[j][1]);
            double dual = switch (norm) {
                case L1 -> Math.max(a, b);
                case L2 -> Math.hypot(a, b);
                case LINF -> a + b;
            };
            best = Math.min(best, (Z[0] - Z[j]) / dual);
        }
        return best;
    }

    @ParameterizedTest
    @EnumSource(BallNorm.class)
    void exactOnLinearModels(BallNorm norm) {
        RadiusEstimate first = FirstOrderRadius.of(linear(), norm).estimate(X).get(0);
        assertThat(first.radius()).isCloseTo(distance(norm), within(1e-12));
        assertThat(first.label()).isZero();
        // 0.75 / 3.5 and 0.875 / 4.25 in l_inf
        assertThat(first.rival()).isEqualTo(norm == BallNorm.LINF ? 2 : 1);
        CleverScore clever = Clever.of(norm, 5)
                .batches(4)
                .samplesPerBatch(3)
                .build()
                .score(linear(), X)
                .get(0);
        assertThat(clever.estimate().radius()).isCloseTo(distance(norm), within(1e-12));
        assertThat(clever.rivals()).containsExactly(1, 2);
        double cut = Clever.of(norm, 0.1)
                .batches(4)
                .samplesPerBatch(3)
                .build()
                .score(linear(), X)
                .get(0)
                .estimate()
                .radius();
        assertThat(cut).as("cut at the ball's radius").isEqualTo(0.1);
    }

    @Test
    void firstOrderIsTheLinearisationByCentralDifferences() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        Classifier model = Classifier.of(sd).build();
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 5, 6, 4);
        double[][] z = model.logits(x).toDoubleMatrix();
        INDArray jacobian = CentralDifferences.jacobian(sd, SmallNets.INPUT, SmallNets.LOGITS, x);
        List<RadiusEstimate> estimates = FirstOrderRadius.of(model, BallNorm.L2).estimate(x);
        for (int n = 0; n < 6; n++) {
            int c = estimates.get(n).label();
            double best = Double.POSITIVE_INFINITY;
            for (int k = 0; k < 3; k++) {
                double squares = 0;
                for (int i = 0; i < 4; i++) {
                    double d = jacobian.getDouble(n, c, i) - jacobian.getDouble(n, k, i);
                    squares += d * d;
                }
                best = k == c ? best : Math.min(best, (z[n][c] - z[n][k]) / Math.sqrt(squares));
            }
            // central differences err at 1e-8
            assertThat(estimates.get(n).radius()).isCloseTo(best, within(1e-6 * best));
        }
    }

    @Test
    void cleverIsAFunctionOfSeedAndInput() {
        Classifier model = Classifier.of(SmallNets.mlp(DataType.DOUBLE)).build();
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 5, 3, 4);
        INDArray before = x.dup();
        AtomicLong heard = new AtomicLong();
        Clever clever = Clever.of(BallNorm.L2, 1)
                .batches(8)
                .samplesPerBatch(20)
                .seed(3)
                .progress(heard::addAndGet)
                .build();
        List<CleverScore> batch = clever.score(model, x);
        assertThat(heard.get()).isEqualTo(3 * 8 * 20);
        assertThat(x).isEqualTo(before);
        assertThat(clever.score(model, x)).isEqualTo(batch);
        double alone = clever.score(model, x.get(NDArrayIndex.interval(1, 2)))
                .get(0)
                .estimate()
                .radius();
        assertThat(alone).isCloseTo(batch.get(1).estimate().radius(), within(1e-9));
        Clever other =
                Clever.of(BallNorm.L2, 1).batches(8).samplesPerBatch(20).seed(4).build();
        assertThat(other.score(model, x)).isNotEqualTo(batch);
        for (CleverScore score : batch) {
            for (LipschitzEstimate constant : score.lipschitz()) {
                assertThat(constant.value()).isGreaterThanOrEqualTo(constant.largestSampled());
            }
        }
        assertThat(Clever.of(BallNorm.L2, 1)
                        .batches(2)
                        .samplesPerBatch(2)
                        .rivals(1)
                        .build()
                        .score(model, x)
                        .get(0)
                        .rivals())
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(BallNorm.class)
    void pointsAreUniformInTheBall(BallNorm norm) {
        double[] center = {1, -2, 0.5};
        BallPoints points = new BallPoints(center, 2, norm, InputBox.unbounded(), 9);
        double[] volumes = new double[2000];
        double[] mean = new double[3];
        for (int n = 0; n < volumes.length; n++) {
            double[] p = points.next();
            double[] step = {p[0] - center[0], p[1] - center[1], p[2] - center[2]};
            for (int i = 0; i < 3; i++) {
                mean[i] += step[i] / volumes.length;
            }
            double length = switch (norm) {
                case L1 -> Math.abs(step[0]) + Math.abs(step[1]) + Math.abs(step[2]);
                case L2 -> Math.sqrt(step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);
                case LINF -> Math.max(Math.abs(step[0]), Math.max(Math.abs(step[1]), Math.abs(step[2])));
            };
            volumes[n] = Math.pow(length / 2, 3);
        }
        double p = new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new UniformRealDistribution(0, 1), volumes, false);
        assertThat(p).as("share of the ball's volume is uniform").isGreaterThan(0.001);
        // standard error below 2 / sqrt(2000)
        assertThat(mean)
                .satisfies(m -> assertThat(Math.abs(m[0]) + Math.abs(m[1]) + Math.abs(m[2]))
                        .isLessThan(0.3));
        BallPoints boxed = new BallPoints(center, 2, norm, new InputBox(-2, 1), 9);
        for (int n = 0; n < 100; n++) {
            assertThat(Arrays.stream(boxed.next())).allMatch(v -> v >= -2 && v <= 1);
        }
    }

    @Test
    void badInput() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Clever.of(BallNorm.L2, Double.NaN).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Clever.of(BallNorm.L2, 0).build());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> FirstOrderRadius.of(linear(), BallNorm.L2).estimate(Nd4j.zeros(DataType.DOUBLE, 1, 3)))
                .withMessageContaining("[1, 3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RadiusEstimate(Double.NaN, BallNorm.L2, 0, 1, RadiusEstimate.Method.CLEVER));
        INDArray tie = Nd4j.createFromArray(new double[][] {{0, 0}});
        Classifier tied =
                Classifier.of(SmallNets.linear(W, new double[] {0, 0, 0})).build();
        assertThat(FirstOrderRadius.of(tied, BallNorm.L2).estimate(tie).get(0).radius())
                .isZero();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> Clever.of(BallNorm.L2, 1).build().score(linear(), X));
        assertThat(Thread.interrupted()).isTrue();
    }
}
