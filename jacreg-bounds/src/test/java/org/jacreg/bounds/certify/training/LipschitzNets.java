package org.jacreg.bounds.certify.training;

import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** A convolutional network one op behind another, and operator norms by singular values of matrices written out. */
final class LipschitzNets {

    private LipschitzNets() {}

    /** [N, 1, 5, 5] - halved and shifted by constants - conv 2x2 of stride 1, 'SAME' off, to 2 channels - tanh - mean 2x2 - dense. */
    static SameDiff convolution() {
        SameDiff sd = SameDiff.create();
        Random random = new Random(21);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 1, 5, 5);
        SDVariable kernel = sd.var("K", SmallNets.normal(DataType.DOUBLE, random, 0.5, 2, 2, 1, 2));
        SDVariable bias = sd.var("c", SmallNets.normal(DataType.DOUBLE, random, 0.3, 2));
        Conv2DConfig window = Conv2DConfig.builder().kH(2).kW(2).sH(1).sW(1).build();
        SDVariable conv = sd.cnn().conv2d("conv", x.sub(0.5).mul(-0.5), kernel, bias, window);
        Pooling2DConfig pool = Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build();
        SDVariable pooled = sd.cnn().avgPooling2d(sd.math().tanh(conv), pool);
        SDVariable w = sd.var("W", SmallNets.normal(DataType.DOUBLE, random, 0.6, 8, 3));
        SDVariable b = sd.var("b", SmallNets.normal(DataType.DOUBLE, random, 0.3, 3));
        return Nets.training(sd, sd.nn().linear("logits", sd.reshape(pooled, -1, 8), w, b), 3, new Adam(0.01));
    }

    /** The largest singular value. */
    static double norm(double[][] matrix) {
        return new SingularValueDecomposition(new Array2DRowRealMatrix(matrix)).getNorm();
    }

    /** Of the convolution, whose matrix is read off its values at unit vectors. */
    static double normOfConvolution(SameDiff sd) {
        double[][] rows = new double[25][];
        double[] zero = conv(sd, Nd4j.zeros(DataType.DOUBLE, 1, 1, 5, 5));
        for (int i = 0; i < rows.length; i++) {
            INDArray unit = Nd4j.zeros(DataType.DOUBLE, 1, 1, 5, 5);
            unit.putScalar(i, 1);
            rows[i] = conv(sd, unit);
            for (int k = 0; k < zero.length; k++) {
                // the op before it multiplies by -0.5
                rows[i][k] = (rows[i][k] - zero[k]) / -0.5;
            }
        }
        return norm(rows);
    }

    private static double[] conv(SameDiff sd, INDArray x) {
        return Nets.rows(sd.outputSingle(Map.of("x", x), "conv"))[0];
    }

    /** Distances of columns, times a constant. */
    static double[][] pairs(double[][] last, double constant) {
        int classes = last[0].length;
        double[][] result = new double[classes][classes];
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                double sum = 0;
                for (double[] row : last) {
                    sum += (row[i] - row[j]) * (row[i] - row[j]);
                }
                result[i][j] = constant * Math.sqrt(sum);
            }
        }
        return result;
    }

    /** {@code K} of a network of {@link Nets#mlp(long, int...)} by exact norms. */
    static double[][] pairsOfMlp(SameDiff sd) {
        PlainMlp plain = PlainMlp.of(sd);
        double product = 1;
        for (int k = 0; k + 1 < plain.layers(); k++) {
            product *= norm(plain.weight(k));
        }
        return pairs(plain.weight(plain.layers() - 1), product);
    }
}
