package org.jacreg.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jacreg.benchmarks.workload.Engine;
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

/** A training step: forward, cross-entropy, penalty, backward to all weights, update. With {@code -prof gc}, what it allocates. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class StepBenchmark {

    /** The network. */
    @Param({"MLP", "LENET"})
    public Network network = Network.MLP;

    /** The penalty. */
    @Param({"PLAIN", "FROBENIUS", "L11", "PROJECTION"})
    public Job job = Job.PLAIN;

    /** The batch size. */
    @Param("128")
    public int batch;

    /** Who computes. */
    @Param({"jacreg", "samediff"})
    public String engine = "jacreg";

    private Engine.Task task;

    /** Builds the graph. */
    @Setup
    public void build() {
        task = Engine.named(engine).prepare(network, job, batch);
    }

    /**
     * One step.
     *
     * @return the gradients
     */
    @Benchmark
    public List<INDArray> step() {
        task.run();
        return task.outcome();
    }
}
