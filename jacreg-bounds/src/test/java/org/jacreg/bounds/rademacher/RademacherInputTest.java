package org.jacreg.bounds.rademacher;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Bad input is refused by an error that names the thing, what came and what was wanted. */
class RademacherInputTest {

    private static final LinearClass L2 = LinearClass.l2(1);
    private static final MonteCarloRademacher DRAWS =
            MonteCarloRademacher.seed(1).draws(10).build();
    private static final INDArray X = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}, {5, 6}});
    private static final INDArray Y = Nd4j.createFromArray(1.0, -1.0, 1.0);

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void radius(double radius) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinearClass.l1(radius))
                .withMessageContaining("radius W")
                .withMessageContaining("got " + radius);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.999, 0, -1, Double.NaN, Double.NEGATIVE_INFINITY})
    void exponent(double p) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LpNorm(p))
                .withMessageContaining("norm exponent p: got " + p);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0, -5, Integer.MIN_VALUE})
    void draws(int draws) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MonteCarloRademacher.seed(1).draws(draws).build())
                .withMessageContaining("draws: got " + draws);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-300, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void epsilon(double epsilon) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimateAdversarial(L2, X, Y, epsilon))
                .withMessageContaining("epsilon: got " + epsilon);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RademacherBounds.adversarialLinear(L2, X, epsilon))
                .withMessageContaining("epsilon: got " + epsilon);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void entry(double entry) {
        INDArray x = X.dup();
        x.putScalar(1, 0, entry);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimate(L2, x))
                .withMessageContaining("sample[1, 0]: got " + entry);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RademacherBounds.linear(L2, x))
                .withMessageContaining("sample[1, 0]: got " + entry);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RademacherBounds.finiteClass(x))
                .withMessageContaining("values[1, 0]: got " + entry);
    }

    @Test
    void shapes() {
        INDArray none = Nd4j.create(DataType.DOUBLE, 0, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimate(L2, none))
                .withMessageContaining("empty array of shape [0, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimate(L2, Nd4j.ones(3)))
                .withMessageContaining("got shape [3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RademacherBounds.linear(L2, Nd4j.ones(3, 2, 2)))
                .withMessageContaining("got shape [3, 2, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimate(L2, X.gt(2)))
                .withMessageContaining("got type BOOL");
    }

    @Test
    void labels() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimateAdversarial(L2, X, Nd4j.createFromArray(1.0, -1.0), 0.1))
                .withMessageContaining("labels: got shape [2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimateAdversarial(L2, X, X, 0.1))
                .withMessageContaining("labels: got shape [3, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimateAdversarial(L2, X, Nd4j.createFromArray(1.0, 0.0, 1.0), 0.1))
                .withMessageContaining("labels[1]: got 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimateAdversarial(L2, X, Nd4j.createFromArray(1.0, Double.NaN, 1.0), 0.1))
                .withMessageContaining("labels[1]: got NaN");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, 2, Double.NaN})
    void level(double level) {
        RademacherEstimate e = DRAWS.estimate(L2, X);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> e.studentInterval(level))
                .withMessageContaining("level: got " + level);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> e.guaranteedInterval(level))
                .withMessageContaining("level: got " + level);
    }

    @Test
    void precision() {
        RademacherEstimate e = DRAWS.estimate(L2, X);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> e.drawsForHalfWidth(Double.NaN, 0.9))
                .withMessageContaining("half width: got NaN");
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> e.drawsForHalfWidth(1e-9, 0.9))
                .withMessageContaining("ask for a larger half width");
    }

    @Test
    void numbersOfSigns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RademacherSum.expectedAbsolute(0))
                .withMessageContaining("number of signs: got 0");
    }

    @Test
    void overflowIsAnErrorAndNoEstimate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DRAWS.estimate(LinearClass.l2(Double.MAX_VALUE), X))
                .withMessageContaining("overflows");
    }

    @Test
    void resultsWithoutMeaning() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RademacherBound(Double.NaN, "f", "s"));
        assertThatIllegalArgumentException().isThrownBy(() -> new RademacherBound(-1, "f", "s"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConfidenceInterval(2, 1, 0.9, ConfidenceInterval.Method.STUDENT));
        assertThatIllegalArgumentException().isThrownBy(() -> new RademacherEstimate("q", Double.NaN, 0, 0, 2, 1));
    }
}
