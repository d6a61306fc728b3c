package org.jacreg.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jacreg.benchmarks.workload.Network;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.classifier.Classifier;
import org.nd4j.autodiff.samediff.SameDiff;
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

/** Certificates at one radius for a batch of inputs in [0, 1], labelled by the network itself, whose weights are random. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@State(Scope.Benchmark)
public class CertifyBenchmark {

    /** The network. */
    @Param({"MLP", "LENET"})
    public Network network = Network.MLP;

    /** How values are bounded. */
    @Param({"INTERVAL", "FAST_LIN", "CROWN", "ALPHA_CROWN"})
    public BoundMethod method = BoundMethod.CROWN;

    /** The norm of the ball. */
    @Param({"LINF", "L2"})
    public BallNorm norm = BallNorm.LINF;

    /** The radius. */
    @Param({"0.002", "0.02"})
    public double radius = 0.002;

    /** The batch size. */
    @Param("64")
    public int batch = 64;

    private Certifier certifier;
    private INDArray x;
    private int[] labels;

    /** Reads the network. */
    @Setup
    public void build() {
        SameDiff sd = network.classifier();
        certifier = Certifier.of(BoundGraph.of(sd))
                .method(method)
                .norm(norm)
                .bounds(0, 1)
                .build();
        x = network.batch(batch);
        labels = Classifier.of(sd).build().logits(x).argMax(1).toIntVector();
    }

    /**
     * Certifies the batch.
     *
     * @return the certificates
     */
    @Benchmark
    public List<Certificate> certify() {
        return certifier.certify(x, labels, radius);
    }
}
