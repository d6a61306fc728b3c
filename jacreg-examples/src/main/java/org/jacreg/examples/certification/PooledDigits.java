package org.jacreg.examples.certification;

import java.util.Arrays;
import org.jacreg.examples.data.LabelledImages;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Digits in a coarser grid: each pixel the mean of a block of 4 x 4, rounded to a byte. Branch and bound solves linear programs over the
 * input, for which 784 pixels are too many.
 */
final class PooledDigits {

    private static final int BLOCK = 4;
    private static final int CHUNK = 1_000;

    private PooledDigits() {}

    static LabelledImages of(LabelledImages images) {
        int rows = images.rows() / BLOCK;
        int columns = images.columns() / BLOCK;
        int[] all = images.all();
        byte[] pixels = new byte[Math.multiplyExact(all.length, rows * columns)];
        byte[] labels = new byte[all.length];
        for (int from = 0; from < all.length; from += CHUNK) {
            int[] some = Arrays.copyOfRange(all, from, Math.min(from + CHUNK, all.length));
            double[][] values = images.features(some).castTo(DataType.DOUBLE).toDoubleMatrix();
            for (int n = 0; n < some.length; n++) {
                labels[from + n] = (byte) images.label(some[n]);
                for (int k = 0; k < rows * columns; k++) {
                    int corner = k / columns * BLOCK * images.columns() + k % columns * BLOCK;
                    pixels[(from + n) * rows * columns + k] = (byte) Math.round(255 * mean(values[n], corner, images));
                }
            }
        }
        return LabelledImages.of(rows, columns, pixels, labels);
    }

    private static double mean(double[] image, int corner, LabelledImages images) {
        double sum = 0;
        for (int i = 0; i < BLOCK * BLOCK; i++) {
            sum += image[corner + i / BLOCK * images.columns() + i % BLOCK];
        }
        return sum / (BLOCK * BLOCK);
    }
}
