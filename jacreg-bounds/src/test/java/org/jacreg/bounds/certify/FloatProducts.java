package org.jacreg.bounds.certify;

import java.math.BigDecimal;
import java.util.Random;
import org.jacreg.classifier.InputBox;

/** {@code sum_i v_i (a_i . x)(b_i . x)}, against 0, with floats as weights: evaluated exactly, and in float32 with sums in any order. */
record FloatProducts(float[][] a, float[][] b, float[] v) {

    private static final int WIDTH = 4;
    private static final int INPUTS = 3;

    static FloatProducts random(Random random) {
        float[] v = new float[WIDTH];
        double scale = Math.exp(2 * random.nextGaussian());
        for (int i = 0; i < WIDTH; i++) {
            v[i] = (float) (scale * random.nextGaussian());
        }
        return new FloatProducts(matrix(random), matrix(random), v);
    }

    private static float[][] matrix(Random random) {
        float[][] w = new float[WIDTH][INPUTS];
        for (float[] row : w) {
            for (int j = 0; j < INPUTS; j++) {
                // large terms that nearly cancel
                row[j] = j == 1 && random.nextBoolean()
                        ? -row[0] * (1 + 1e-6f * random.nextFloat())
                        : (float) (3 * random.nextGaussian());
            }
        }
        return w;
    }

    float[] input(Random random) {
        float[] x = new float[INPUTS];
        float base = (float) random.nextGaussian();
        for (int i = 0; i < INPUTS; i++) {
            x[i] = base + 0.01f * (float) random.nextGaussian();
        }
        return x;
    }

    private static double[][] doubles(float[][] w) {
        double[][] result = new double[w.length][w[0].length];
        for (int i = 0; i < w.length; i++) {
            for (int j = 0; j < w[i].length; j++) {
                result[i][j] = w[i][j];
            }
        }
        return result;
    }

    private BoundGraph graph(Arithmetic arithmetic) {
        BoundGraphBuilder builder = BoundGraph.builder(INPUTS);
        int left = builder.dense(0, doubles(a), new double[WIDTH]);
        int right = builder.dense(0, doubles(b), new double[WIDTH]);
        double[][] last = {doubles(new float[][] {v})[0], new double[WIDTH]};
        return builder.build(builder.dense(builder.multiply(left, right), last, new double[2]), arithmetic);
    }

    double bound(Arithmetic arithmetic, double[] x, double radius, BoundMethod method) {
        return Certifier.of(graph(arithmetic))
                .method(method)
                .build()
                .margins(new double[][] {x}, new int[] {0}, radius)[0][1];
    }

    double evaluationError(JacobianMethod method, double[] x) {
        return JacobianBounds.of(
                        graph(Arithmetic.FLOAT32),
                        BoundMethod.CROWN,
                        method,
                        BallNorm.LINF,
                        InputBox.unbounded(),
                        Arithmetic.FLOAT32,
                        x,
                        new double[1],
                        new double[][] {{1, -1}})
                .get(0)
                .evaluationError(0);
    }

    BigDecimal exact(float[] x) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = 0; i < WIDTH; i++) {
            BigDecimal left = BigDecimal.ZERO;
            BigDecimal right = BigDecimal.ZERO;
            for (int j = 0; j < INPUTS; j++) {
                left = left.add(new BigDecimal(a[i][j]).multiply(new BigDecimal(x[j])));
                right = right.add(new BigDecimal(b[i][j]).multiply(new BigDecimal(x[j])));
            }
            sum = sum.add(new BigDecimal(v[i]).multiply(left).multiply(right));
        }
        return sum;
    }

    BigDecimal evaluated(float[] x, Random random) {
        float sum = 0;
        int start = random.nextInt(WIDTH);
        for (int k = 0; k < WIDTH; k++) {
            int i = (start + k) % WIDTH;
            float product = dot(a[i], x, random) * dot(b[i], x, random);
            sum = random.nextBoolean() ? Math.fma(v[i], product, sum) : sum + v[i] * product;
        }
        return new BigDecimal(sum);
    }

    private static float dot(float[] w, float[] x, Random random) {
        float sum = 0;
        int start = random.nextInt(w.length);
        for (int k = 0; k < w.length; k++) {
            int j = (start + k) % w.length;
            sum = random.nextBoolean() ? Math.fma(w[j], x[j], sum) : sum + w[j] * x[j];
        }
        return sum;
    }
}
