package org.jacreg.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jacreg.jacobian.Jacobian;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The Jacobian of a batch's logits with respect to its inputs, {@code [N, C, D]}: {@link Jacobian#compute} beside the way
 * without it, one {@code calculateGradients} per class.
 *
 * <p>Both write a fresh array. The numbers of the two are compared before measuring.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class JacobianBenchmark {

    /**
     * Both ways add the same float32 products of up to 512 terms, perhaps in different orders: about {@code sqrt(512) * 2^-24},
     * 1.4e-6, of the norm for each of three layers, and room for ten times that.
     */
    private static final double FLOAT_TOLERANCE = 4e-5;

    /** The network. */
    @Param
    public Network network = Network.TANH_3_64_5;

    /** The batch size {@code N}. */
    @Param("128")
    public int batch;

    private Jacobian jacobian;
    private SameDiff rows;
    private INDArray x;

    /** Builds both graphs and compares their answers. */
    @Setup
    public void build() {
        jacobian = Jacobian.of(network.classifier());
        rows = network.rowByRow();
        x = network.batch(batch);
        INDArray wanted = oneGradientPerClass();
        double difference = compute().sub(wanted).norm2Number().doubleValue()
                / wanted.norm2Number().doubleValue();
        if (!(difference < FLOAT_TOLERANCE)) {
            throw new IllegalStateException("the two Jacobians of " + network + " differ by " + difference
                    + " of their norm, wanted less than " + FLOAT_TOLERANCE);
        }
    }

    /**
     * The library.
     *
     * @return {@code [N, C, D]}
     */
    @Benchmark
    public INDArray compute() {
        return jacobian.compute(x);
    }

    /**
     * The obvious loop.
     *
     * @return {@code [N, C, D]}
     */
    @Benchmark
    public INDArray oneGradientPerClass() {
        INDArray result = Nd4j.create(DataType.FLOAT, batch, network.classes(), network.inputs());
        for (int c = 0; c < network.classes(); c++) {
            Map<String, INDArray> values = Map.of(Network.INPUT, x, Network.COTANGENT, network.pick(batch, c));
            INDArray row = rows.calculateGradients(values, Network.INPUT).get(Network.INPUT);
            result.get(NDArrayIndex.all(), NDArrayIndex.point(c), NDArrayIndex.all())
                    .assign(row);
        }
        return result;
    }
}
