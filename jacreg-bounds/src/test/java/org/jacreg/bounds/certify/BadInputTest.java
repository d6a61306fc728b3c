package org.jacreg.bounds.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jacreg.bounds.certify.NotCertified.Reason;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ties, other classes, overflow and wrong arguments get an answer that says what is the matter. */
class BadInputTest {

    private static TestNet net(double[][] out) {
        TestNet net = new TestNet(2);
        int h = net.dense(0, new double[][] {{1, 0}, {0, 1}}, new double[2]);
        net.dense(net.activation(h, ActivationFunction.of(Kind.RELU)), out, new double[out.length]);
        return net;
    }

    private static Certifier certifier(double[][] out) {
        return Certifier.of(net(out).graph(Arithmetic.FLOAT32)).bounds(0, 1).build();
    }

    private static final double[][] OUT = {{1, 0}, {0, 1}};

    private static Reason reason(Certificate certificate) {
        assertThat(certificate).isInstanceOf(NotCertified.class);
        assertThat(certificate.radius()).isNegative();
        return ((NotCertified) certificate).reason();
    }

    @Test
    void tiesAreNotCertified() {
        Certifier certifier = certifier(OUT);
        double[] tied = {0.5, 0.5};
        for (int label = 0; label < 2; label++) {
            assertThat(reason(certifier.certify(tied, label, 0))).isEqualTo(Reason.TIE);
            assertThat(reason(certifier.certify(tied, label, 0.1))).isEqualTo(Reason.TIE);
            assertThat(reason(certifier
                            .largestRadii(new double[][] {tied}, new int[] {label}, 0.1)
                            .get(0)))
                    .isEqualTo(Reason.TIE);
        }
    }

    /** Two equal rows: the tie holds at every input. */
    @Test
    void equalClassesAreNeverCertified() {
        Certifier certifier = certifier(new double[][] {{1, 0.3}, {1, 0.3}});
        assertThat(reason(certifier.certify(new double[] {0.9, 0.2}, 0, 0))).isEqualTo(Reason.TIE);
    }

    @Test
    void anotherClassIsNamedAsSuch() {
        assertThat(reason(certifier(OUT).certify(new double[] {0.1, 0.9}, 0, 0.01)))
                .isEqualTo(Reason.MISCLASSIFIED);
    }

    @Test
    void looseBoundsAreNamedAsSuch() {
        assertThat(reason(certifier(OUT).certify(new double[] {0.9, 0.1}, 0, 0.5)))
                .isEqualTo(Reason.BOUND_TOO_LOOSE);
    }

    @Test
    void radiusZeroIsTheInputAlone() {
        Certificate certificate = certifier(OUT).certify(new double[] {0.9, 0.1}, 0, 0);
        assertThat(certificate.certified()).isTrue();
        assertThat(certificate.radius()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void hugeRadiiOverflowToNoCertificate(BallNorm norm) {
        for (BoundMethod method : BoundMethod.values()) {
            Certifier certifier = Certifier.of(net(OUT).graph(Arithmetic.FLOAT32))
                    .norm(norm)
                    .method(method)
                    .build();
            for (double radius : new double[] {1e39, 1e200, Double.MAX_VALUE}) {
                assertThat(reason(certifier.certify(new double[] {0.9, 0.1}, 0, radius)))
                        .isEqualTo(Reason.OVERFLOW);
            }
        }
    }

    /** A network whose float32 evaluation gives infinity, although every weight is finite. */
    @Test
    void overflowInsideOfTheNetwork() {
        Certifier certifier = certifier(new double[][] {{3e38, 3e38}, {0, 1}});
        assertThat(reason(certifier.certify(new double[] {0.9, 0.9}, 0, 0.01))).isEqualTo(Reason.OVERFLOW);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void wrongRadii(double radius) {
        assertThatThrownBy(() -> certifier(OUT).certify(new double[] {0.9, 0.1}, 0, radius))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("radius: got " + radius);
    }

    @Test
    void wrongSamples() {
        Certifier certifier = certifier(OUT);
        assertThatThrownBy(() -> certifier.certify(new double[] {0.9, 1.5}, 0, 0.1))
                .hasMessageContaining("1.5 at index 1");
        assertThatThrownBy(() -> certifier.certify(new double[] {0.9, Double.NaN}, 0, 0.1))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> certifier.certify(new double[] {0.9}, 0, 0.1)).hasMessageContaining("wanted 2");
        assertThatThrownBy(() -> certifier.certify(new double[] {0.9, 0.1}, 2, 0.1))
                .hasMessageContaining("label 2");
        assertThatThrownBy(() -> certifier.certify(new double[0][], new int[0], 0.1))
                .hasMessageContaining("0 samples");
        assertThatThrownBy(() -> certifier.largestRadii(new double[][] {{0.9, 0.1}}, new int[1], 0))
                .hasMessageContaining("positive radius");
    }

    @Test
    void oneClassDecidesNothing() {
        BoundGraph one = net(new double[][] {{1, 0}}).graph(Arithmetic.REAL);
        assertThatThrownBy(() -> Certifier.of(one)).hasMessageContaining("1 class");
    }

    @Test
    void weightsThatAreNoNumbers() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e200}) {
            assertThatThrownBy(() -> net(new double[][] {{bad, 0}, {0, 1}}))
                    .hasMessageContaining("did training diverge");
        }
    }
}
