package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MiFgsmTest {

    private static final ClosedFormNet NET =
            ClosedFormNet.random(3, 5, 9, 3, 2, Activation.TANH, DataType.DOUBLE, new InputBox(0, 1));

    private static final double[] CENTER = {.1, .9, 0, .3, 1};

    private static INDArray row(double[] x) {
        return Nd4j.createFromArray(x.clone()).reshape('c', 1, 5);
    }

    /** The recursion of the paper, written out for the largest absolute entry. */
    @Test
    void visitsThePointsOfThePaper() {
        List<double[]> visited = new ArrayList<>();
        MiFgsm.linf(.2)
                .steps(6)
                .decay(.7)
                .build()
                .attack(new VisitedPoints(NET, visited), row(CENTER), Nd4j.createFromArray(1));
        assertThat(visited).hasSize(8);
        double[] x = CENTER.clone();
        double[] m = new double[5];
        for (int k = 0; k <= 6; k++) {
            // six steps of a dozen roundings
            assertThat(visited.get(k + 1)).as("iterate %s", k).containsExactly(x, offset(1e-12));
            double[] g =
                    NET.crossEntropyGradient(row(x), new int[] {1}).gradient().toDoubleVector();
            double sum = java.util.Arrays.stream(g).map(Math::abs).sum();
            for (int j = 0; j < 5; j++) {
                m[j] = .7 * m[j] + g[j] / sum;
                double moved = x[j] + .2 / 6 * Math.signum(m[j]);
                x[j] = Math.max(0, Math.min(1, Math.max(CENTER[j] - .2, Math.min(CENTER[j] + .2, moved))));
            }
        }
    }

    @Test
    void withoutMomentumItIsTheBasicIterativeMethod() {
        INDArray x = Nd4j.rand(DataType.DOUBLE, 12, 5);
        INDArray y = NET.logits(x).argMax(1);
        for (NormBall ball : List.of(NormBall.linf(.1), NormBall.l2(.3), NormBall.l1(.4))) {
            AttackResult plain = Bim.in(ball).build().attack(NET, x, y);
            AttackResult still = MiFgsm.in(ball).decay(0).build().attack(NET, x, y);
            for (int n = 0; n < 12; n++) {
                // rows add up in another order than arrays
                assertThat(still.outcomes().get(n).loss())
                        .isCloseTo(plain.outcomes().get(n).loss(), offset(1e-9));
            }
        }
    }

    @Test
    void bimIsPgdFromTheInput() {
        INDArray x = Nd4j.rand(DataType.DOUBLE, 12, 5);
        INDArray y = NET.logits(x).argMax(1);
        AttackResult bim = Bim.linf(.1).steps(7).stepSize(.03).build().attack(NET, x, y);
        AttackResult pgd =
                Pgd.linf(.1).steps(7).stepSize(.03).randomStart(false).build().attack(NET, x, y);
        assertThat(bim.outcomes()).isEqualTo(pgd.outcomes());
    }

    @Test
    void defaultsAndConfiguration() {
        assertThat(MiFgsm.linf(.5).build())
                .hasToString("MiFgsm[threat=linf(0.5), steps=10, stepSize=0.05, decay=1.0, targeted=false]");
        assertThat(Bim.l1(.5).steps(5).targeted(true).build())
                .hasToString("Bim[threat=l1(0.5), steps=5, stepSize=0.1, targeted=true]");
        assertThat(Pgd.l1(2).build().toString())
                .startsWith("Pgd[norm=l1, epsilon=2.0,")
                .endsWith("density=0.01]");
    }

    @Test
    void refusesBadOptions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MiFgsm.linf(.1).decay(-1).build())
                .withMessageContaining("MI-FGSM: decay must be at least 0 and finite, got -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bim.l2(.1).steps(0).build())
                .withMessageContaining("BIM: steps must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bim.l2(.1).stepSize(Double.NaN).build())
                .withMessageContaining("BIM: stepSize must be positive and finite, got NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pgd.l1(.1).density(0).build())
                .withMessageContaining("density must be in (0, 1], got 0.0");
    }
}
