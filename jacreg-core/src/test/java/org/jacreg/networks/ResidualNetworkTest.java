package org.jacreg.networks;

import org.jacreg.jacobian.FiniteDifference;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** A network of eight residual blocks, twenty convolutions, trained with a penalty by plain {@code fit}. */
class ResidualNetworkTest {

    private static final int CLASSES = 10;

    private static SameDiff network() {
        return ResidualNetwork.build(DataType.FLOAT, 16, CLASSES, 4, 8, 16, 32);
    }

    private static SameDiff tiny() {
        return ResidualNetwork.build(DataType.DOUBLE, 6, 3, 2, 3);
    }

    @Test
    void trainsWithExactAndProjectedPenalties() {
        Trained.Plan plan = new Trained.Plan(ClassData.of(DataType.FLOAT, 5, 30, CLASSES, 0.3, 1, 16, 16), 15, 8, 0.01);
        Trained plain = plan.plain(network());
        plain.assertLearned(0.3, 0.8);
        Trained exact = plan.penalised(network(), penalty -> penalty.lambda(0.02));
        exact.assertLearned(0.5, 0.9);
        exact.assertFlatterThan(plain, 0.5);
        Trained projected =
                plan.penalised(network(), penalty -> penalty.lambda(0.02).projections(1));
        projected.assertLearned(0.5, 0.9);
        projected.assertFlatterThan(plain, 0.5);
    }

    @Test
    void thePenaltysGradientIsThatOfCentralDifferences() {
        var feed = DirectionalCheck.feed(2, 3, 1, 6, 6);
        DirectionalCheck.agrees(ResidualNetworkTest::tiny, feed, penalty -> penalty, 1e-6);
        DirectionalCheck.agrees(ResidualNetworkTest::tiny, feed, penalty -> penalty.projections(2), 1e-6);
    }

    /** A step of 1e-3 crosses hardly a kink of a relu, and where it does the gradient is still that of the penalty. */
    @Test
    void soIsThatOfFiniteDifferences() {
        var feed = DirectionalCheck.feed(2, 3, 1, 6, 6);
        DirectionalCheck.agrees(
                ResidualNetworkTest::tiny,
                feed,
                penalty -> penalty.finiteDifference(FiniteDifference.central().withStep(1e-3)),
                1e-6);
    }
}
