package org.jacreg.bounds.certify.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;

/** After verified training the certifiers, which know nothing of it, prove larger radii than after plain training. */
class CertifiedAfterTrainingTest {

    private static final int SAMPLES = 120;

    /** Three classes in the unit square, in overlapping clouds around corners of a triangle, two of them bent. */
    private static final class Clouds {

        private final double[][] x = new double[SAMPLES][2];
        private final int[] labels = new int[SAMPLES];

        private Clouds() {
            Random random = new Random(17);
            for (int n = 0; n < SAMPLES; n++) {
                int c = n % 3;
                double angle = 2 * Math.PI * (c + 0.25 * random.nextGaussian()) / 3;
                double distance = 0.33 + 0.05 * random.nextGaussian();
                x[n][0] = Math.min(1, Math.max(0, 0.5 + distance * Math.cos(angle)));
                x[n][1] = Math.min(1, Math.max(0, 0.5 + distance * Math.sin(angle)));
                labels[n] = c;
            }
        }

        private ViewIterator iterator() {
            INDArray rows = Nd4j.createFromArray(x);
            return new ViewIterator(new DataSet(rows, Nets.oneHot(labels, 3)), 30);
        }
    }

    private static SameDiff trained(Objective objective, Clouds clouds) {
        SameDiff sd = Nets.mlp(4, 2, 16, 16, 3);
        RobustTrainer.of(sd).epochs(60).objective(objective).build().fit(clouds.iterator());
        return sd;
    }

    private static double mean(List<Certificate> certificates) {
        return certificates.stream()
                .mapToDouble(certificate -> certificate instanceof Certified proof ? proof.radius() : 0)
                .average()
                .orElseThrow();
    }

    private static double certified(List<Certificate> certificates) {
        return certificates.stream().filter(Certified.class::isInstance).count() / (double) SAMPLES;
    }

    private static double intervals(SameDiff sd, Clouds clouds) {
        Certifier certifier = Certifier.of(BoundGraph.of(sd))
                .method(BoundMethod.INTERVAL)
                .bounds(0, 1)
                .build();
        return certified(certifier.certify(clouds.x, clouds.labels, 0.05));
    }

    private static double crown(SameDiff sd, Clouds clouds) {
        Certifier certifier = Certifier.of(BoundGraph.of(sd)).bounds(0, 1).build();
        return mean(certifier.largestRadii(clouds.x, clouds.labels, 0.5));
    }

    private static void gains(
            Objective objective, double factor, ToDoubleBiFunction<SameDiff, Clouds> measure, Clouds clouds) {
        double plain = measure.applyAsDouble(trained(Objective.lossVariables(), clouds), clouds);
        double verified = measure.applyAsDouble(trained(objective, clouds), clouds);
        assertThat(verified).as("%s, plain %s", objective, plain).isGreaterThan(factor * plain);
    }

    @Test
    void intervalsAreProvedAfterIntervalBoundTraining() {
        Clouds clouds = new Clouds();
        Objective objective =
                IntervalBoundTraining.linf(0.06).bounds(0, 1).ramp(20, 100).build();
        gains(objective, 1.15, CertifiedAfterTrainingTest::intervals, clouds);
    }

    @Test
    void intervalsAreProvedAfterCrownIbp() {
        Clouds clouds = new Clouds();
        Objective objective =
                CrownIbpTraining.linf(0.06).bounds(0, 1).ramp(20, 100).build();
        gains(objective, 1.15, CertifiedAfterTrainingTest::intervals, clouds);
        Objective relaxedAlone = CrownIbpTraining.linf(0.06)
                .bounds(0, 1)
                .ramp(20, 100)
                .beta(0, 0)
                .kappa(1, 0)
                .build();
        gains(relaxedAlone, 1, CertifiedAfterTrainingTest::crown, clouds);
    }

    private static double lipschitz(SameDiff sd, Clouds clouds) {
        LipschitzCertifier certifier =
                LipschitzCertifier.of(LayeredNetwork.of(sd), BallNorm.L2, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64);
        return mean(java.util.stream.IntStream.range(0, SAMPLES)
                .mapToObj(n -> certifier.certify(clouds.x[n], clouds.labels[n]))
                .toList());
    }

    @Test
    void lipschitzRadiiAreProvedAfterGloroAndMarginTraining() {
        Clouds clouds = new Clouds();
        gains(GloroTraining.l2(0.08).build(), 1.5, CertifiedAfterTrainingTest::lipschitz, clouds);
        gains(LipschitzMarginTraining.l2(0.08).build(), 1.5, CertifiedAfterTrainingTest::lipschitz, clouds);
    }
}
