package org.jacreg.networks;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacreg.jacobian.FiniteDifference;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** Classifiers of sequences, trained with a penalty by plain {@code fit}. */
class RecurrentNetworksTest {

    private static final int FEATURES = 3;
    private static final int CLASSES = 3;

    private enum Net {
        LSTM {
            @Override
            SameDiff build(DataType type, int time, int units) {
                return RecurrentNetworks.lstm(type, FEATURES, time, units, CLASSES);
            }
        },
        SIMPLE {
            @Override
            SameDiff build(DataType type, int time, int units) {
                return RecurrentNetworks.simple(type, FEATURES, time, units, CLASSES);
            }
        },
        GRU {
            @Override
            SameDiff build(DataType type, int time, int units) {
                return RecurrentNetworks.gru(type, FEATURES, time, units, CLASSES);
            }
        };

        abstract SameDiff build(DataType type, int time, int units);

        SameDiff build() {
            return build(DataType.FLOAT, 5, 8);
        }
    }

    /** Exactly, by projections, and without rules. */
    private enum Estimate {
        EXACT(penalty -> penalty),
        PROJECTED(penalty -> penalty.projections(1)),
        DIFFERENCE(penalty -> penalty.finiteDifference());

        final UnaryOperator<JacobianRegularizer> settings;

        Estimate(UnaryOperator<JacobianRegularizer> settings) {
            this.settings = settings;
        }
    }

    @ParameterizedTest
    @EnumSource
    void trainsWithThePenalty(Net net) {
        Trained.Plan plan =
                new Trained.Plan(ClassData.of(DataType.FLOAT, 5, 60, CLASSES, 0.5, FEATURES, 5), 30, 8, 0.03);
        Trained plain = plan.plain(net.build());
        plain.assertLearned(0.3, 0.95);
        for (Estimate estimate : Estimate.values()) {
            Trained flat = plan.penalised(net.build(), penalty -> estimate.settings.apply(penalty.lambda(0.2)));
            flat.assertLearned(0.5, 0.95);
            flat.assertFlatterThan(plain, 0.75);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePenaltysGradientIsThatOfCentralDifferences(Net net) {
        Function<Net, SameDiff> tiny = n -> n.build(DataType.DOUBLE, 3, 2);
        var feed = DirectionalCheck.feed(2, CLASSES, FEATURES, 3);
        DirectionalCheck.agrees(() -> tiny.apply(net), feed, penalty -> penalty, 1e-6);
        DirectionalCheck.agrees(() -> tiny.apply(net), feed, penalty -> penalty.projections(2), 1e-6);
        // The differences of the estimate itself, with step 0.01, are rounded to 1e-13 of its values.
        DirectionalCheck.agrees(
                () -> tiny.apply(net),
                feed,
                penalty -> penalty.finiteDifference(FiniteDifference.central().withStep(0.01)),
                1e-6);
    }
}
