package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** Jacobians, products and norms against central differences and against each other, in float64. */
class JacobianTest {

    /** A network with inputs that fit it. */
    record Row(String name, SameDiff sd, INDArray x) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        DataType f64 = DataType.DOUBLE;
        return Stream.of(
                new Row("mlp", SmallNets.mlp(f64), SmallNets.inputs(f64, 1, 5, 4)),
                new Row("mlp, one sample", SmallNets.mlp(f64), SmallNets.inputs(f64, 1, 1, 4)),
                new Row("one class", SmallNets.mlp(f64, 2, 4, 5, 1), SmallNets.inputs(f64, 1, 5, 4)),
                new Row("one feature", SmallNets.mlp(f64, 2, 1, 5, 3), SmallNets.inputs(f64, 1, 5, 1)),
                new Row("one of each", SmallNets.mlp(f64, 2, 1, 5, 1), SmallNets.inputs(f64, 1, 5, 1)),
                new Row("more classes than features", SmallNets.mlp(f64, 2, 2, 6, 7), SmallNets.inputs(f64, 1, 4, 2)),
                new Row("linear", SmallNets.mlp(f64, 3, 4, 3), SmallNets.inputs(f64, 1, 4, 4)),
                new Row("conv", SmallNets.conv(f64), SmallNets.inputs(f64, 1, 4, 1, 6, 6)),
                new Row("time-major", sequence(true, -1), SmallNets.inputs(f64, 1, 4, 2, 4)),
                new Row("fixed batch", sequence(false, 4), SmallNets.inputs(f64, 1, 4, 2, 4)),
                new Row(
                        "f order",
                        SmallNets.mlp(f64),
                        SmallNets.inputs(f64, 1, 5, 4).dup('f')),
                new Row(
                        "view",
                        SmallNets.mlp(f64),
                        SmallNets.inputs(f64, 1, 10, 8)
                                .get(NDArrayIndex.interval(0, 2, 10), NDArrayIndex.interval(2, 6))));
    }

    /** x [N, 2, 4] - tanh of each step - mean over steps - logits [N, 3]; steps first inside, or samples first. */
    private static SameDiff sequence(boolean timeMajor, long batch) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, batch, 2, 4);
        SDVariable scale = sd.var("s", SmallNets.inputs(DataType.DOUBLE, 8, 4));
        SDVariable h = sd.math().tanh((timeMajor ? sd.permute(x, 1, 0, 2) : x).mul(scale));
        h.mean(timeMajor ? 0 : 1).mmul("logits", sd.var("W", SmallNets.inputs(DataType.DOUBLE, 9, 4, 3)));
        return sd;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void computeIsThatOfCentralDifferences(Row row) {
        INDArray before = row.x().dup();
        byte[] graph = row.sd().asFlatBuffers(true).array().clone();
        INDArray actual = Jacobian.of(row.sd()).compute(row.x());
        INDArray expected = CentralDifferences.jacobian(row.sd(), "x", "logits", row.x());
        long[] sample =
                IntStream.range(1, row.x().rank()).mapToLong(row.x()::size).toArray();
        long[] shape = new long[sample.length + 2];
        shape[0] = expected.size(0);
        shape[1] = expected.size(1);
        System.arraycopy(sample, 0, shape, 2, sample.length);
        assertThat(actual.shape()).isEqualTo(shape);
        // Central differences are good to 1e-10 (their own comment); logits here reach three.
        close(actual.reshape(expected.shape()), expected, 1e-9);
        assertThat(expected.normmaxNumber().doubleValue()).isGreaterThan(0.05);
        assertThat(row.x()).isEqualTo(before);
        assertThat(row.sd().asFlatBuffers(true).array()).isEqualTo(graph);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void vjpIsTheCombinationOfRows(Row row) {
        Jacobian jacobian = Jacobian.of(row.sd());
        long n = row.x().size(0);
        INDArray full = jacobian.compute(row.x()).reshape(n, jacobian.classes(), -1);
        INDArray v = SmallNets.inputs(DataType.DOUBLE, 13, n, jacobian.classes());
        INDArray before = v.dup();
        INDArray product = jacobian.vjp(row.x(), v);
        assertThat(product.shape()).isEqualTo(row.x().shape());
        for (int i = 0; i < n; i++) {
            INDArray expected = v.getRow(i, true).mmul(full.slice(i).reshape(jacobian.classes(), -1));
            // Sums of a few products in another order.
            close(product.slice(i).reshape(1, -1), expected, 1e-13);
        }
        // Not a matter of memory layout.
        close(jacobian.vjp(row.x(), v.dup('f')), product, 1e-15);
        assertThat(v).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void normsAreThoseOfTheFullJacobian(Row row) {
        Jacobian jacobian = Jacobian.of(row.sd());
        INDArray full = jacobian.compute(row.x());
        JacobianNorms norms = jacobian.norms(row.x());
        double frobenius = 0;
        double squares = 0;
        double absolutes = 0;
        int n = (int) row.x().size(0);
        for (int i = 0; i < n; i++) {
            double square = 0;
            double absolute = 0;
            for (double entry : full.slice(i).dup().data().asDouble()) {
                square += entry * entry;
                absolute += Math.abs(entry);
            }
            // Sums of some tens of terms in another order.
            assertThat(norms.frobenius().getDouble(i)).isCloseTo(Math.sqrt(square), within(1e-13));
            assertThat(norms.l11().getDouble(i)).isCloseTo(absolute, within(1e-13 * (1 + absolute)));
            frobenius += Math.sqrt(square) / n;
            squares += square / n;
            absolutes += absolute / n;
        }
        assertThat(norms.frobenius().shape()).containsExactly(n);
        assertThat(norms.meanFrobenius()).isCloseTo(frobenius, within(1e-12));
        assertThat(norms.meanFrobeniusSquared()).isCloseTo(squares, within(1e-12 * (1 + squares)));
        assertThat(norms.meanL11()).isCloseTo(absolutes, within(1e-12 * (1 + absolutes)));
    }

    /** 480 bytes in all; with the caps come groups of rows, single samples, and chunks of several. */
    @ParameterizedTest
    @ValueSource(longs = {500, 700, 1100, 1500, 4000})
    void chunksDoNotShow(long elements) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 5, 4);
        Jacobian whole = Jacobian.of(sd);
        Jacobian inChunks = Jacobian.builder(sd).maxMemory(elements).build();
        // Matrix products of other sizes may round in another order.
        close(inChunks.compute(x), whole.compute(x), 1e-14);
        close(inChunks.norms(x).frobenius(), whole.norms(x).frobenius(), 1e-14);
        close(inChunks.norms(x).l11(), whole.norms(x).l11(), 1e-14);
    }

    @Test
    void unstackedIsStacked() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 4, 2, 4);
        Jacobian stacked = Jacobian.of(sequence(false, -1));
        for (SameDiff other : new SameDiff[] {sequence(true, -1), sequence(false, 4)}) {
            Jacobian unstacked = Jacobian.of(other);
            close(unstacked.compute(x), stacked.compute(x), 1e-14);
            close(unstacked.norms(x).l11(), stacked.norms(x).l11(), 1e-13);
        }
    }

    /** The penalty's nodes have the names that the Jacobian's own nodes get, and other values. */
    @Test
    void aDecoratedGraphHasTheJacobianOfThePlainOne() {
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 1, 6, 6);
        INDArray expected = Jacobian.of(SmallNets.conv(DataType.DOUBLE)).compute(x);
        for (int kind = 0; kind < 3; kind++) {
            SameDiff sd = SmallNets.conv(DataType.DOUBLE);
            JacobianRegularizer regularizer =
                    kind == 0 ? JacobianRegularizer.l11(sd) : JacobianRegularizer.frobenius(sd);
            (kind == 2 ? regularizer.projections(2) : regularizer).attach();
            byte[] graph = sd.asFlatBuffers(true).array().clone();
            Jacobian jacobian = Jacobian.of(sd);
            close(jacobian.compute(x), expected, 1e-15);
            close(jacobian.compute(x), expected, 1e-15);
            assertThat(sd.asFlatBuffers(true).array()).isEqualTo(graph);
        }
    }

    @Test
    void weightsAreReadAtEveryCall() {
        SameDiff sd = SmallNets.training(SmallNets.mlp(DataType.DOUBLE), new Sgd(0.5));
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
        Jacobian jacobian = Jacobian.of(sd);
        INDArray before = jacobian.compute(x);
        sd.getVariable("W2").getArr().muli(2);
        close(jacobian.compute(x), before.mul(2), 1e-14);
        // Of another layout, so that SameDiff replaces the array instead of copying into it.
        sd.associateArrayWithVariable(sd.getVariable("W2").getArr().mul(2).dup('f'), "W2");
        close(jacobian.compute(x), before.mul(4), 1e-14);
        sd.fit(new SingletonDataSetIterator(SmallNets.batch(DataType.DOUBLE, 3, 8)), 2);
        close(jacobian.compute(x), CentralDifferences.jacobian(sd, "x", "logits", x), 1e-8);
        assertThat(jacobian.compute(x).sub(before.mul(4)).normmaxNumber().doubleValue())
                .isGreaterThan(1e-3);
    }

    @Test
    void resultsAreFreshArrays() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE));
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 3, 4);
        INDArray v = SmallNets.inputs(DataType.DOUBLE, 2, 3, 3);
        INDArray first = jacobian.compute(x);
        INDArray product = jacobian.vjp(x, v);
        INDArray kept = first.dup();
        INDArray keptProduct = product.dup();
        jacobian.compute(x.mul(2));
        jacobian.vjp(x.mul(2), v);
        close(first, kept, 1e-300);
        close(product, keptProduct, 1e-300);
        first.addi(1);
        product.addi(1);
        close(jacobian.compute(x), kept, 1e-300);
        close(jacobian.vjp(x, v), keptProduct, 1e-300);
    }

    @Test
    void float32GraphsAnswerInFloat32() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.FLOAT));
        INDArray x = SmallNets.inputs(DataType.FLOAT, 1, 3, 4);
        INDArray actual = jacobian.compute(x);
        assertThat(actual.dataType()).isEqualTo(DataType.FLOAT);
        INDArray expected = Jacobian.of(SmallNets.mlp(DataType.DOUBLE)).compute(x.castTo(DataType.DOUBLE));
        // 24-bit weights and arithmetic, some tens of operations on numbers of order one.
        close(actual.castTo(DataType.DOUBLE), expected, 1e-5);
        assertThat(jacobian.norms(x).frobenius().dataType()).isEqualTo(DataType.DOUBLE);
    }

    @Test
    void arraysOfTheOtherFloatTypeAreConverted() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE));
        INDArray x = SmallNets.inputs(DataType.FLOAT, 1, 3, 4);
        INDArray v = SmallNets.inputs(DataType.FLOAT, 2, 3, 3);
        close(jacobian.compute(x), jacobian.compute(x.castTo(DataType.DOUBLE)), 1e-300);
        INDArray expected = jacobian.vjp(x.castTo(DataType.DOUBLE), v.castTo(DataType.DOUBLE));
        close(jacobian.vjp(x, v), expected, 1e-300);
        assertThat(x.dataType()).isEqualTo(DataType.FLOAT);
    }

    private static void close(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.dataType()).isEqualTo(expected.dataType());
        double worst = Nd4j.max(org.nd4j.linalg.ops.transforms.Transforms.abs(actual.sub(expected)))
                .getDouble(0);
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }
}
