package org.jacreg.benchmarks;

import java.util.concurrent.TimeUnit;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.Fgsm;
import org.jacreg.attacks.Pgd;
import org.jacreg.benchmarks.workload.Network;
import org.jacreg.classifier.Classifier;
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

/** Attacks on a batch, Linf with radius 0.3. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class AttackBenchmark {

    /** The network. */
    @Param({"MLP", "LENET"})
    public Network network = Network.MLP;

    /** The batch size. */
    @Param({"16", "128", "512"})
    public int batch;

    private final Attack fgsm = Fgsm.linf(0.3).build();
    private final Attack pgd = Pgd.linf(0.3).steps(40).stepSize(0.01).build();

    private Classifier model;
    private INDArray x;
    private INDArray y;

    /** Builds the classifier. */
    @Setup
    public void build() {
        model = Classifier.of(network.classifier()).bounds(0, 1).build();
        x = network.batch(batch);
        y = network.labels(batch);
    }

    /**
     * One step.
     *
     * @return what it found
     */
    @Benchmark
    public AttackResult fgsm() {
        return fgsm.attack(model, x, y);
    }

    /**
     * 40 steps from a random start.
     *
     * @return what it found
     */
    @Benchmark
    public AttackResult pgd40() {
        return pgd.attack(model, x, y);
    }
}
