package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.jacreg.jacobian.Oracle.close;

import java.util.Map;
import java.util.stream.Stream;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code J u}, and Jacobians by columns, in float64. */
class JvpTest {

    static Stream<JacobianTest.Row> rows() {
        return JacobianTest.rows();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isTheDirectionalDerivative(JacobianTest.Row row) {
        Jacobian jacobian = Jacobian.of(row.sd());
        INDArray u = SmallNets.inputs(DataType.DOUBLE, 17, row.x().shape());
        INDArray kept = u.dup();
        INDArray actual = jacobian.jvp(row.x(), u);
        double h = 1e-5;
        INDArray up = row.sd()
                .output(Map.of("x", row.x().add(u.mul(h))), "logits")
                .get("logits")
                .dup();
        INDArray down =
                row.sd().output(Map.of("x", row.x().sub(u.mul(h))), "logits").get("logits");
        // Truncation h^2 |u|^3 and rounding 1e-16 / h: some 1e-9 for |u| of about 4.
        close(actual, up.sub(down).divi(2 * h), 1e-7);
        assertThat(u).isEqualTo(kept);
        assertThat(actual.normmaxNumber().doubleValue()).isGreaterThan(0.01);
    }

    /** {@code <v, J u> = <J^T v, u>}. */
    @ParameterizedTest
    @MethodSource("rows")
    void isTheAdjointOfVjp(JacobianTest.Row row) {
        Jacobian jacobian = Jacobian.of(row.sd());
        INDArray u = SmallNets.inputs(DataType.DOUBLE, 18, row.x().shape());
        INDArray v = SmallNets.inputs(DataType.DOUBLE, 19, row.x().size(0), jacobian.classes());
        double left = jacobian.jvp(row.x(), u).mul(v).sumNumber().doubleValue();
        double right = jacobian.vjp(row.x(), v).mul(u).sumNumber().doubleValue();
        // Sums of some hundred products of order one.
        assertThat(left).isCloseTo(right, within(1e-12 * (1 + Math.abs(right))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void columnsAreThoseOfCentralDifferences(JacobianTest.Row row) {
        Jacobian jacobian =
                Jacobian.builder(row.sd()).mode(JacobianMode.FORWARD).build();
        assertThat(jacobian.mode()).isEqualTo(JacobianMode.FORWARD);
        INDArray expected = CentralDifferences.jacobian(row.sd(), "x", "logits", row.x());
        close(jacobian.compute(row.x()).reshape(expected.shape()), expected, Oracle.TOLERANCE);
        JacobianNorms byRows =
                Jacobian.builder(row.sd()).mode(JacobianMode.REVERSE).build().norms(row.x());
        JacobianNorms byColumns = jacobian.norms(row.x());
        close(byColumns.l21(), byRows.l21(), 1e-12);
        close(byColumns.spectral(), byRows.spectral(), 1e-12);
    }

    @Test
    void columnsOfSeveralInputs() {
        Map<String, INDArray> fed = JacobianShapesTest.feed(3);
        Jacobian jacobian = Jacobian.builder(JacobianShapesTest.network())
                .input("x", "y")
                .logits("z")
                .mode(JacobianMode.FORWARD)
                .build();
        jacobian.compute(fed).forEach((input, actual) -> {
            INDArray expected = Oracle.jacobian(JacobianShapesTest.network(), fed, input, "z");
            close(actual.reshape(expected.shape()), expected, Oracle.TOLERANCE);
        });
    }

    /** The sweep of the identity is its seed; SameDiff hands it on without a copy. */
    @Test
    void ofShiftsAndOfTheIdentity() {
        for (boolean shift : new boolean[] {true, false}) {
            SameDiff sd = SameDiff.create();
            SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
            SDVariable z = shift ? x.add("z", sd.var("b", Nd4j.ones(DataType.DOUBLE, 3))) : sd.identity("z", x);
            INDArray at = SmallNets.inputs(DataType.DOUBLE, 3, 2, 3);
            for (JacobianMode mode : JacobianMode.values()) {
                Jacobian jacobian =
                        Jacobian.builder(sd).logits(z.name()).mode(mode).build();
                for (int call = 0; call < 2; call++) {
                    close(jacobian.compute(at).slice(1), Nd4j.eye(3).castTo(DataType.DOUBLE), 0);
                    close(jacobian.jvp(at, at), at, 0);
                    close(jacobian.vjp(at, at), at, 0);
                }
            }
            assertThat(at.wasClosed()).isFalse();
        }
    }

    @Test
    void tangentsOfAnotherShapeOrNotFinite() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE));
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.jvp(x, Nd4j.ones(DataType.DOUBLE, 3, 3)))
                .withMessageContaining("tangent u of 'x' has shape [3, 3]; expected [3, 4]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.jvp(x, x.dup().putScalar(2, Double.NaN)))
                .withMessageContaining("tangent u")
                .withMessageContaining("NaN or infinite");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jacobian.jvp(Map.of("x", x), Map.of("y", x)))
                .withMessageContaining("[y]")
                .withMessageContaining("[x]");
    }
}
