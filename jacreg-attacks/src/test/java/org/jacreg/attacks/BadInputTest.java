package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every attack refuses, and what it accepts. */
class BadInputTest {

    static final List<Attack> ATTACKS = List.of(
            Fgsm.linf(.1).build(),
            Fgsm.l2(.1).build(),
            Pgd.linf(.1).steps(2).build(),
            Pgd.l2(.1).steps(2).build());

    private static final ClosedFormNet NET =
            ClosedFormNet.random(4, 6, 8, 3, 1.5, Activation.TANH, DataType.DOUBLE, new InputBox(0, 1));

    private static final INDArray X =
            Nd4j.createFromArray(new double[][] {{0, .1, .2, .3, .4, .5}, {.5, .6, .7, .8, .9, 1}});
    private static final INDArray Y = Nd4j.createFromArray(0, 2);

    private static void refuses(Attack attack, INDArray x, INDArray y, String... parts) {
        double[] before = x.isEmpty() ? new double[0] : ContractChecks.values(x);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attack.attack(NET, x, y))
                .satisfies(error -> assertThat(error.getMessage()).contains(parts));
        assertThat(x.isEmpty() ? new double[0] : ContractChecks.values(x)).isEqualTo(before);
    }

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void inputOutsideTheBox(Attack attack) {
        refuses(attack, X.add(.1), Y, "sample 1 has 1.1 at entry 5", "[0.0, 1.0]");
        refuses(attack, X.sub(1e-6), Y, "sample 0 has -1.0E-6", "entry 0");
    }

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void notANumber(Attack attack) {
        INDArray x = X.dup();
        x.putScalar(1, 2, Double.NaN);
        refuses(attack, x, Y, "sample 1 has NaN", "entry 2");
    }

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void labels(Attack attack) {
        refuses(attack, X, Nd4j.createFromArray(0, 3), "sample 1", "3.0", "[0, 3)");
        refuses(attack, X, Nd4j.createFromArray(0, -1), "sample 1", "-1.0");
        refuses(attack, X, Nd4j.createFromArray(0f, .5f), "0.5");
        refuses(attack, X, Nd4j.createFromArray(0, 1, 2), "expected one for each of 2 samples, got 3");
        refuses(attack, X, Nd4j.zeros(2, 3), "row 0 is not one-hot");
        refuses(attack, X, Nd4j.zeros(2, 4), "[2, 4]");
    }

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void shapes(Attack attack) {
        refuses(attack, Nd4j.zeros(DataType.DOUBLE, 2, 5), Y, "expected a batch [N, 6]", "got shape [2, 5]");
        refuses(attack, Nd4j.zeros(DataType.DOUBLE, 6), Y, "expected a batch [N, 6]", "got shape [6]");
        refuses(attack, Nd4j.zeros(DataType.DOUBLE, 2, 6, 1), Y, "got shape [2, 6, 1]");
        refuses(attack, Nd4j.empty(DataType.DOUBLE), Y, "at least one sample");
        refuses(attack, Nd4j.create(DataType.DOUBLE, 0, 6), Y, "at least one sample");
    }

    @ParameterizedTest
    @FieldSource("ATTACKS")
    void aSingleClass(Attack attack) {
        ClosedFormNet single = ClosedFormNet.linear(new double[6][1], new double[1], new InputBox(0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attack.attack(single, X, Nd4j.zeros(2)))
                .withMessageContaining("at least 2 classes to attack, got 1");
    }

    @Test
    void oneHotAndSparseLabelsAreTheSame() {
        INDArray oneHot = Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 0, 1}});
        INDArray column = Y.reshape(2, 1);
        for (Attack attack : ATTACKS) {
            AttackResult sparse = attack.attack(NET, X, Y);
            assertThat(attack.attack(NET, X, oneHot).outcomes()).isEqualTo(sparse.outcomes());
            assertThat(attack.attack(NET, X, column).outcomes()).isEqualTo(sparse.outcomes());
        }
    }

    @Test
    void otherTypesAndOrdersAreConverted() {
        INDArray bytes = Nd4j.createFromArray(new int[][] {{0, 1, 0, 1, 1, 0}, {1, 1, 1, 0, 0, 0}});
        for (Attack attack : ATTACKS) {
            AttackResult plain = attack.attack(NET, bytes.castTo(DataType.DOUBLE), Y);
            AttackResult cast = attack.attack(NET, bytes, Y);
            assertThat(cast.adversarial().dataType()).isEqualTo(DataType.DOUBLE);
            assertThat(cast.outcomes()).isEqualTo(plain.outcomes());
            assertThat(attack.attack(NET, X.dup('f'), Y).outcomes())
                    .isEqualTo(attack.attack(NET, X, Y).outcomes());
        }
    }
}
