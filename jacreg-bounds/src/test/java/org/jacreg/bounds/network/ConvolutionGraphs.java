package org.jacreg.bounds.network;

import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** One convolution as a graph, and the matrix of any graph's affine map, asked of SameDiff itself. */
final class ConvolutionGraphs {

    private ConvolutionGraphs() {}

    /** A geometry of one convolution, square or not. */
    record Geometry(
            int height,
            int width,
            int inputs,
            int outputs,
            int kernelHeight,
            int kernelWidth,
            int strideHeight,
            int strideWidth,
            int padding,
            int dilation,
            boolean same,
            boolean channelsLast,
            long seed) {

        /** Whether the window fits the padded image at least once. */
        boolean fits() {
            return same
                    || ((kernelHeight - 1) * dilation + 1 <= height + 2 * padding
                            && (kernelWidth - 1) * dilation + 1 <= width + 2 * padding);
        }
    }

    /** Placeholder x, logits z = convolution of x with random weights and biases, flattened. */
    static SameDiff graph(Geometry g) {
        SameDiff sd = SameDiff.create();
        long[] shape = g.channelsLast()
                ? new long[] {-1, g.height(), g.width(), g.inputs()}
                : new long[] {-1, g.inputs(), g.height(), g.width()};
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, shape);
        Random random = new Random(g.seed());
        SDVariable k = sd.var(
                "K",
                SmallNets.normal(
                        DataType.DOUBLE, random, 1, g.kernelHeight(), g.kernelWidth(), g.inputs(), g.outputs()));
        SDVariable b = sd.var("b", SmallNets.normal(DataType.DOUBLE, random, 1, g.outputs()));
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(g.kernelHeight())
                .kW(g.kernelWidth())
                .sH(g.strideHeight())
                .sW(g.strideWidth())
                .pH(g.same() ? 0 : g.padding())
                .pW(g.same() ? 0 : g.padding())
                .dH(g.dilation())
                .dW(g.dilation())
                .paddingMode(g.same() ? PaddingMode.SAME : PaddingMode.VALID)
                .dataFormat(g.channelsLast() ? "NHWC" : "NCHW")
                .build();
        SDVariable y = sd.cnn().conv2d(x, k, b, config);
        sd.reshape("z", y, -1, outputs(sd, y.name(), g));
        return sd;
    }

    private static long outputs(SameDiff sd, String y, Geometry g) {
        long[] shape = g.channelsLast()
                ? new long[] {1, g.height(), g.width(), g.inputs()}
                : new long[] {1, g.inputs(), g.height(), g.width()};
        return sd.outputSingle(Map.of("x", Nd4j.zeros(DataType.DOUBLE, shape)), y)
                .length();
    }

    /** The matrix of an affine map, column by column: f(e_j) - f(0). */
    static RealMatrix matrix(SameDiff sd, String output, long... sampleShape) {
        int d = (int) java.util.Arrays.stream(sampleShape).reduce(1, (a, b) -> a * b);
        long[] shape = new long[sampleShape.length + 1];
        System.arraycopy(sampleShape, 0, shape, 1, sampleShape.length);
        shape[0] = d + 1;
        INDArray x = Nd4j.zeros(DataType.DOUBLE, d + 1, d);
        for (int j = 0; j < d; j++) {
            x.putScalar(j, j, 1.0);
        }
        INDArray y = sd.outputSingle(Map.of("x", x.reshape('c', shape)), output);
        double[][] rows = y.reshape('c', d + 1, y.length() / (d + 1)).toDoubleMatrix();
        RealMatrix result = new Array2DRowRealMatrix(rows[0].length, d);
        for (int j = 0; j < d; j++) {
            for (int i = 0; i < rows[0].length; i++) {
                result.setEntry(i, j, rows[j][i] - rows[d][i]);
            }
        }
        return result;
    }
}
