package org.jacreg.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jacreg.benchmarks.workload.Engine;
import org.jacreg.benchmarks.workload.EngineAgreement;
import org.jacreg.benchmarks.workload.Job;
import org.jacreg.benchmarks.workload.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
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
 * The Jacobian of a batch's logits with respect to its inputs, {@code [N, C, D]}: the library beside the way without it, one
 * {@code calculateGradients} per class.
 *
 * <p>Both write a fresh array. Their numbers are compared before measuring.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class JacobianBenchmark {

    /** The network. */
    @Param({"TANH_3_64_5", "MLP"})
    public Network network = Network.TANH_3_64_5;

    /** The batch size {@code N}. */
    @Param("128")
    public int batch;

    /** Who computes. */
    @Param({"jacreg", "samediff"})
    public String engine = "jacreg";

    private Engine.Task task;

    /** Builds the graph, and compares the engines. */
    @Setup
    public void build() {
        EngineAgreement.check(network);
        task = Engine.named(engine).prepare(network, Job.JACOBIAN, batch);
    }

    /**
     * The Jacobian.
     *
     * @return {@code [N, C, D]}
     */
    @Benchmark
    public List<INDArray> jacobian() {
        task.run();
        return task.outcome();
    }
}
