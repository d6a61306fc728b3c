package org.jacreg.benchmarks;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.jacreg.runtime.kernel.ConvolutionBackwardData;
import org.jacreg.runtime.kernel.ConvolutionBackwardWeights;
import org.jacreg.runtime.kernel.ConvolutionForward;
import org.jacreg.runtime.kernel.ConvolutionShape;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jacreg.runtime.kernel.ImageShape;
import org.jacreg.runtime.kernel.Kernel;
import org.jacreg.runtime.kernel.MatrixProduct;
import org.jacreg.runtime.kernel.MatrixShape;
import org.jacreg.runtime.kernel.WeightFormat;
import org.jacreg.runtime.kernel.Window;
import org.jacreg.runtime.kernel.Workers;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The kernels of the CPU runtime alone, for the shapes of an exact penalty: 128 samples, 10 classes, so 1280 cotangents. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Benchmark)
public class KernelBenchmark {

    /** What is computed; the numbers in a product's name are m, n and k. */
    public enum Work {
        /** An MLP's first layer applied to the cotangents. */
        PRODUCT_1280_784_512,
        /** Its second layer. */
        PRODUCT_1280_512_512,
        /** The gradient of the first layer's weights. */
        PRODUCT_784_512_1280_TRANSPOSED,
        /** The forward pass of the first layer. */
        PRODUCT_128_512_784,
        /** LeNet's first convolution, as a derivative of its adjoint. */
        CONV1_FORWARD,
        /** The adjoint of LeNet's first convolution. */
        CONV1_DATA,
        /** The weight gradient of LeNet's first convolution. */
        CONV1_WEIGHTS,
        /** LeNet's second convolution, as a derivative of its adjoint. */
        CONV2_FORWARD,
        /** The adjoint of LeNet's second convolution. */
        CONV2_DATA,
        /** The weight gradient of LeNet's second convolution. */
        CONV2_WEIGHTS
    }

    private static final int COTANGENTS = 1280;

    /** The work. */
    @Param
    public Work work = Work.PRODUCT_1280_784_512;

    /** What float32 products go through. */
    @Param
    public CpuBackend.Library library = CpuBackend.Library.ONEDNN;

    /** The threads, the calling one counted. */
    @Param("2")
    public int threads;

    private Workers workers;
    private Kernel kernel;

    /** Makes the kernel and its arrays. */
    @Setup
    public void build() {
        CpuBackend backend = CpuBackend.find(library)
                .orElseThrow(() -> new IllegalStateException(
                        library + " is not on the class path, or ND4J is not on its CPU backend"));
        workers = Workers.create(threads);
        kernel = switch (work) {
            case PRODUCT_1280_784_512 -> product(backend, MatrixShape.dense(1280, 784, 512, false, false));
            case PRODUCT_1280_512_512 -> product(backend, MatrixShape.dense(1280, 512, 512, false, false));
            case PRODUCT_784_512_1280_TRANSPOSED -> product(backend, MatrixShape.dense(784, 512, 1280, true, false));
            case PRODUCT_128_512_784 -> product(backend, MatrixShape.dense(128, 512, 784, false, false));
            case CONV1_FORWARD, CONV1_DATA, CONV1_WEIGHTS ->
                convolution(backend, new ImageShape(1, 28, 28), 6, Window.square(5, 1, 2));
            case CONV2_FORWARD, CONV2_DATA, CONV2_WEIGHTS ->
                convolution(backend, new ImageShape(6, 14, 14), 16, Window.square(5, 1, 0));
        };
    }

    private Kernel product(CpuBackend backend, MatrixShape shape) {
        FloatPointer a = random((long) shape.m() * shape.k());
        FloatPointer b = random((long) shape.k() * shape.n());
        FloatPointer c = random((long) shape.m() * shape.n());
        return MatrixProduct.of(backend, workers, shape, 1f, a, b, 0f, c);
    }

    private Kernel convolution(CpuBackend backend, ImageShape input, int channels, Window window) {
        ConvolutionShape shape = ConvolutionShape.of(COTANGENTS, input, channels, window, WeightFormat.YXIO);
        FloatPointer x = random((long) COTANGENTS * input.size());
        FloatPointer y = random((long) COTANGENTS * shape.output().size());
        FloatPointer w = random(shape.weights());
        return switch (work) {
            case CONV1_FORWARD, CONV2_FORWARD -> ConvolutionForward.of(backend, workers, shape, x, w, y, false);
            case CONV1_DATA, CONV2_DATA -> ConvolutionBackwardData.of(backend, workers, shape, y, w, x, false);
            default -> ConvolutionBackwardWeights.of(backend, workers, shape, x, y, w, false);
        };
    }

    private static FloatPointer random(long size) {
        Random random = new Random(1);
        float[] values = new float[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return new FloatPointer(values);
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
        workers.close();
    }

    /** One run. */
    @Benchmark
    public void run() {
        kernel.run();
    }
}
