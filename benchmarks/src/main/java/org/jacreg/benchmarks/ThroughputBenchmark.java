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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Jacobians in samples a second, from inputs of three numbers to images of ImageNet's shape. Batches of {@value #BATCH}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class ThroughputBenchmark {

    /** One Jacobian of a sample of ImageNet's shape is 6 MB, and ten cotangents of its first layers as much again. */
    private static final int BATCH = 16;

    /** The network. */
    @Param({"TANH_3_64_5", "MLP", "LENET", "RESNET", "CIFAR_CONV", "IMAGENET_CONV"})
    public Network network = Network.MLP;

    private Engine.Task task;

    /** Builds the graph. */
    @Setup
    public void build() {
        task = Engine.named("jacreg").prepare(network, Job.JACOBIAN, BATCH);
    }

    /**
     * The Jacobians of a batch.
     *
     * @return {@code [N, C, D]}
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public List<INDArray> samples() {
        task.run();
        return task.outcome();
    }
}
