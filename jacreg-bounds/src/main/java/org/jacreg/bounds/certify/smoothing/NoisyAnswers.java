package org.jacreg.bounds.certify.smoothing;

import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Counts a classifier's answers around one input. Draw k is a function of the seed, the input's values and k: neither of the batch size
 * nor of the threads that draw.
 */
final class NoisyAnswers {

    private final Classifier model;
    private final double sigma;
    private final int batchSize;
    private final double[] center;
    private final long[] shape;
    private final long seed;

    NoisyAnswers(Classifier model, double sigma, int batchSize, double[] center, long seed) {
        this.model = model;
        this.sigma = sigma;
        this.batchSize = batchSize;
        this.center = center;
        this.shape = model.inputShape();
        this.seed = mixed(seed, center);
    }

    /**
     * How often each class was the answer in the draws {@code [first, first + draws)}. An answer with a tie or a NaN at the top counts for
     * no class.
     */
    long[] counts(long first, long draws, LongConsumer progress) {
        long[] counts = new long[model.classes()];
        for (long done = 0; done < draws; ) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException(
                        "smoothing: interrupted after " + done + " of " + draws + " draws around one input");
            }
            int size = (int) Math.min(batchSize, draws - done);
            double[][] logits = model.logits(noisy(first + done, size)).toDoubleMatrix();
            for (double[] row : logits) {
                int top = top(row);
                if (top >= 0) {
                    counts[top]++;
                }
            }
            done += size;
            progress.accept(size);
        }
        return counts;
    }

    private INDArray noisy(long first, int size) {
        float[][] singles = new float[model.dataType() == DataType.DOUBLE ? 0 : size][];
        double[][] doubles = new double[model.dataType() == DataType.DOUBLE ? size : 0][];
        IntStream.range(0, size).parallel().forEach(i -> {
            // golden-ratio steps keep the seeds of neighbouring draws far apart, as in SplittableRandom
            SplittableRandom random = new SplittableRandom(seed + (first + i) * 0x9E3779B97F4A7C15L);
            if (singles.length > 0) {
                singles[i] = new float[center.length];
                for (int j = 0; j < center.length; j++) {
                    singles[i][j] = (float) (center[j] + sigma * random.nextGaussian());
                }
            } else {
                doubles[i] = new double[center.length];
                for (int j = 0; j < center.length; j++) {
                    doubles[i][j] = center[j] + sigma * random.nextGaussian();
                }
            }
        });
        long[] batch = new long[shape.length + 1];
        batch[0] = size;
        System.arraycopy(shape, 0, batch, 1, shape.length);
        INDArray flat = singles.length > 0 ? Nd4j.createFromArray(singles) : Nd4j.createFromArray(doubles);
        return flat.castTo(model.dataType()).reshape('c', batch);
    }

    /** The place of the only greatest entry, or -1. */
    static int top(double[] row) {
        int top = 0;
        int ties = 0;
        boolean numbers = true;
        for (int c = 0; c < row.length; c++) {
            numbers &= !Double.isNaN(row[c]);
            if (row[c] > row[top]) {
                top = c;
                ties = 0;
            }
            ties += row[c] == row[top] ? 1 : 0;
        }
        return numbers && ties == 1 ? top : -1;
    }

    private static long mixed(long seed, double[] values) {
        long hash = seed;
        for (double value : values) {
            hash = new SplittableRandom(hash ^ Double.doubleToLongBits(value + 0.0)).nextLong();
        }
        return hash;
    }
}
