package org.jacreg.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jacreg.benchmarks.workload.Engine;
import org.jacreg.benchmarks.workload.Job;
import org.jacreg.benchmarks.workload.ReluNetwork;
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

/** Jacobians and penalties of 784-256-256-C as the number of classes grows. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class ClassesBenchmark {

    /** {@code C}. */
    @Param({"2", "10", "100"})
    public int classes;

    /** What is done. */
    @Param({"FROBENIUS", "PROJECTION", "JACOBIAN"})
    public Job job = Job.FROBENIUS;

    /** The batch size. */
    @Param("64")
    public int batch;

    private Engine.Task task;

    /** Builds the graph. */
    @Setup
    public void build() {
        task = Engine.named("jacreg").prepare(new ReluNetwork(784, 256, 2, classes), job, batch);
    }

    /**
     * The job, once.
     *
     * @return what it computed
     */
    @Benchmark
    public List<INDArray> run() {
        task.run();
        return task.outcome();
    }
}
