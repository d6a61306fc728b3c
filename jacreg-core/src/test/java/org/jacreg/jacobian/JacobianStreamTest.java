package org.jacreg.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jacreg.jacobian.Oracle.close;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.nets.CentralDifferences;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Jacobians in blocks under a cap of memory. */
class JacobianStreamTest {

    /** Puts blocks together, and remembers how large they were. */
    private static final class Assembly implements JacobianBlockConsumer {

        private final INDArray result;
        private final INDArray times;
        private final List<INDArray> seen = new ArrayList<>();
        private long largest;
        private int blocks;

        Assembly(DataType type, long... shape) {
            result = Nd4j.create(type, shape);
            times = Nd4j.zeros(DataType.INT32, shape[0], shape[1]);
        }

        @Override
        public boolean accept(long sampleFrom, int rowFrom, INDArray block) {
            var samples = NDArrayIndex.interval(sampleFrom, sampleFrom + block.size(0));
            var rows = NDArrayIndex.interval(rowFrom, rowFrom + block.size(1));
            result.get(samples, rows, NDArrayIndex.all()).assign(block);
            times.get(samples, rows).addi(1);
            largest = Math.max(largest, block.length() * block.dataType().width());
            blocks++;
            seen.add(block);
            // Blocks belong to the consumer for the time of the call.
            block.assign(Double.NaN);
            return true;
        }
    }

    /** 6 x 40 x 300 numbers of four bytes, 288 kB, under a cap that holds a fraction of a sample, or a few samples. */
    @ParameterizedTest
    @ValueSource(longs = {20_000, 50_000, 200_000, 2_000_000})
    void blocksStayBelowTheCapAndMakeUpTheWhole(long cap) {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT, 4, 300, 8, 40);
        INDArray x = SmallNets.inputs(DataType.FLOAT, 1, 6, 300);
        Jacobian jacobian = Jacobian.of(sd).withMaxMemory(cap);
        assertThat(jacobian.maxMemory()).isEqualTo(cap);
        Assembly assembly = new Assembly(DataType.FLOAT, 6, 40, 300);
        assertThat(jacobian.stream(x, assembly)).isTrue();
        assertThat(assembly.largest).isLessThanOrEqualTo(cap);
        assertThat(assembly.blocks).isGreaterThanOrEqualTo((int) Math.max(1, 288_000 / cap));
        assertThat(assembly.times.minNumber().intValue()).isEqualTo(1);
        assertThat(assembly.times.maxNumber().intValue()).isEqualTo(1);
        // 24-bit products of some numbers of order one, summed in another order.
        close(assembly.result, Jacobian.of(sd).compute(x), 1e-6);
        assertThat(assembly.seen).allMatch(INDArray::wasClosed);
    }

    @ParameterizedTest
    @EnumSource(value = JacobianMode.class)
    void everyModeStreams(JacobianMode mode) {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE, 4, 6, 5);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 7, 6);
        Jacobian jacobian = Jacobian.builder(sd).mode(mode).maxMemory(1200).build();
        Assembly assembly = new Assembly(DataType.DOUBLE, 7, 5, 6);
        assertThat(jacobian.stream(x, assembly)).isTrue();
        close(assembly.result, CentralDifferences.jacobian(sd, "x", "logits", x), Oracle.TOLERANCE);
        assertThat(assembly.times.minNumber().intValue()).isEqualTo(1);
        assertThat(assembly.times.maxNumber().intValue()).isEqualTo(1);
        assertThat(assembly.blocks).isGreaterThan(1);
        assertThat(assembly.largest).isLessThanOrEqualTo(1200);
    }

    /** Norms need no more than streaming does; the largest singular value comes from products alone. */
    @ParameterizedTest
    @ValueSource(strings = {"open", "fixed"})
    void normsUnderACapThatHoldsNoJacobian(String batch) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, batch.equals("open") ? -1 : 3, 50);
        SDVariable h = sd.math().tanh(x.mmul(sd.var("W", SmallNets.inputs(DataType.DOUBLE, 2, 50, 7))));
        h.mmul("z", sd.var("V", SmallNets.inputs(DataType.DOUBLE, 3, 7, 30)));
        INDArray at = SmallNets.inputs(DataType.DOUBLE, 1, 3, 50).muli(0.1);
        JacobianNorms small = Jacobian.of(sd).withMaxMemory(8_000).norms(at);
        INDArray full = CentralDifferences.jacobian(sd, "x", "z", at);
        JacobianNorms large = Jacobian.of(sd).norms(at);
        for (int n = 0; n < 3; n++) {
            INDArray j = full.slice(n);
            // Differences are good to 1e-9, times 1500 entries; norms are of order ten to a thousand.
            assertThat(small.l11().getDouble(n)).isCloseTo(j.norm1Number().doubleValue(), within(1e-5));
            assertThat(small.frobenius().getDouble(n)).isCloseTo(j.norm2Number().doubleValue(), within(1e-7));
        }
        close(small.frobenius(), large.frobenius(), 1e-11);
        close(small.l11(), large.l11(), 1e-10);
        close(small.l21(), large.l21(), 1e-10);
        close(small.spectral(), large.spectral(), 1e-10);
    }

    @Test
    void aConsumerStopsByItsAnswerOrByThrowing() {
        Jacobian jacobian = Jacobian.of(SmallNets.mlp(DataType.DOUBLE)).withMaxMemory(600);
        INDArray x = SmallNets.inputs(DataType.DOUBLE, 1, 5, 4);
        int[] calls = new int[1];
        assertThat(jacobian.stream(x, (sample, row, block) -> ++calls[0] < 2)).isFalse();
        assertThat(calls[0]).isEqualTo(2);
        assertThatThrownBy(() -> jacobian.stream(x, (sample, row, block) -> {
                    throw new ArithmeticException("enough");
                }))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("enough");
        // Nothing is left in a bad state.
        Assembly assembly = new Assembly(DataType.DOUBLE, 5, 3, 4);
        assertThat(jacobian.stream(x, assembly)).isTrue();
        close(assembly.result, Jacobian.of(SmallNets.mlp(DataType.DOUBLE)).compute(x), 1e-14);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsComputed() {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT, 4, 300, 8, 40);
        INDArray x = SmallNets.inputs(DataType.FLOAT, 1, 6, 300);
        Jacobian capped = Jacobian.of(sd).withMaxMemory(200_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> capped.compute(x))
                .withMessageContaining("[6, 40, 300] takes 288000 bytes")
                .withMessageContaining("maxMemory is 200000")
                .withMessageContaining("stream(...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.of(sd).withMaxMemory(100_000).singularValues(x))
                .withMessageContaining("maxMemory is 100000")
                .withMessageContaining("norms(x).spectral()");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.of(sd).withMaxMemory(2_000))
                .withMessageContaining("maxMemory of 2000 bytes is too little");
        for (long bytes : new long[] {0, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Jacobian.of(sd).withMaxMemory(bytes))
                    .withMessageContaining("positive");
        }
        SameDiff wide = SameDiff.create();
        wide.placeHolder("x", DataType.FLOAT, -1, 70_000)
                .mmul(wide.var("a", Nd4j.ones(DataType.FLOAT, 70_000, 1)))
                .mmul("z", wide.var("b", Nd4j.ones(DataType.FLOAT, 1, 40_000)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.of(wide).compute(Nd4j.ones(DataType.FLOAT, 1, 70_000)))
                .withMessageContaining("[1, 40000, 70000] has 2800000000 entries")
                .withMessageContaining("stream(...)");
    }

    @Test
    void columnsThatDoNotFitAreRefused() {
        SameDiff sd = SmallNets.mlp(DataType.DOUBLE, 4, 6, 5, 60);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jacobian.builder(sd).mode(JacobianMode.FORWARD).maxMemory(4_000).build().stream(
                        SmallNets.inputs(DataType.DOUBLE, 1, 2, 6), (sample, row, block) -> true))
                .withMessageContaining("mode(JacobianMode.REVERSE)");
        // Left alone, the library takes rows.
        assertThat(Jacobian.builder(sd).maxMemory(4_000).build().mode()).isEqualTo(JacobianMode.REVERSE);
        assertThat(Jacobian.of(sd).mode()).isEqualTo(JacobianMode.FORWARD);
    }

    @Test
    void blocksOfTheOnlyInputWithFurtherPlaceholders() {
        Map<String, INDArray> fed = JacobianShapesTest.feed(3);
        Jacobian jacobian = Jacobian.builder(JacobianShapesTest.network())
                .input("y")
                .logits("z")
                .build();
        Assembly assembly = new Assembly(DataType.DOUBLE, 3, 2, 5);
        assertThat(jacobian.stream(fed, assembly)).isTrue();
        close(assembly.result, Oracle.jacobian(JacobianShapesTest.network(), fed, "y", "z"), Oracle.TOLERANCE);
        Jacobian both = Jacobian.builder(JacobianShapesTest.network())
                .input("x", "y")
                .logits("z")
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> both.stream(fed, assembly))
                .withMessageContaining("[x, y]")
                .withMessageContaining("a Jacobian for each");
    }

    @Test
    void aFixedBatchStreamsRowByRow() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, 4, 6);
        sd.math()
                .tanh(x.mmul(sd.var("W", SmallNets.inputs(DataType.DOUBLE, 2, 6, 3))))
                .rename("z");
        INDArray at = SmallNets.inputs(DataType.DOUBLE, 1, 4, 6);
        Assembly assembly = new Assembly(DataType.DOUBLE, 4, 3, 6);
        Jacobian.of(sd).withMaxMemory(2_000).stream(at, assembly);
        close(assembly.result, CentralDifferences.jacobian(sd, "x", "z", at), Oracle.TOLERANCE);
        assertThat(assembly.blocks).isEqualTo(3);
    }
}
