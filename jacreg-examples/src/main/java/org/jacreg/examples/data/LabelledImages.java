package org.jacreg.examples.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Grey images with a class each, kept as bytes and handed out as float arrays scaled to {@code [0, 1]}.
 *
 * <p>Immutable: the arrays given to the factory are copied where a subset is taken, and never handed out.
 */
public final class LabelledImages {

    private static final float SCALE = 1f / 255f;

    private final int rows;
    private final int columns;
    private final byte[] pixels;
    private final byte[] labels;

    private LabelledImages(int rows, int columns, byte[] pixels, byte[] labels) {
        this.rows = rows;
        this.columns = columns;
        this.pixels = pixels;
        this.labels = labels;
    }

    /**
     * Puts images and labels together.
     *
     * @param rows the height of an image, at least 1
     * @param columns the width of an image, at least 1
     * @param pixels {@code N * rows * columns} unsigned bytes; copied
     * @param labels {@code N} unsigned bytes, {@code N >= 1}; copied
     * @return the labelled images
     * @throws IllegalArgumentException if the counts do not fit
     */
    public static LabelledImages of(int rows, int columns, byte[] pixels, byte[] labels) {
        if (rows < 1 || columns < 1 || labels.length < 1 || (long) labels.length * rows * columns != pixels.length) {
            throw new IllegalArgumentException("labelled images: expected " + labels.length + " x " + rows + " x "
                    + columns + " pixels, at least one, got " + pixels.length);
        }
        return new LabelledImages(rows, columns, pixels.clone(), labels.clone());
    }

    /**
     * The number of images.
     *
     * @return at least 1
     */
    public int count() {
        return labels.length;
    }

    /**
     * The height of an image.
     *
     * @return in pixels
     */
    public int rows() {
        return rows;
    }

    /**
     * The width of an image.
     *
     * @return in pixels
     */
    public int columns() {
        return columns;
    }

    /**
     * The number of pixels of one image.
     *
     * @return {@code D = rows * columns}
     */
    public int dimension() {
        return rows * columns;
    }

    /**
     * The class of an image.
     *
     * @param index which image
     * @return its label, 0 to 255
     */
    public int label(int index) {
        return labels[index] & 0xff;
    }

    /**
     * The greatest label.
     *
     * @return 0 to 255
     */
    public int maxLabel() {
        int max = 0;
        for (int i = 0; i < labels.length; i++) {
            max = Math.max(max, label(i));
        }
        return max;
    }

    /**
     * How many images each class has.
     *
     * @param classes the number of classes, greater than every label
     * @return counts by class, a fresh array
     */
    public int[] histogram(int classes) {
        int[] counts = new int[classes];
        for (int i = 0; i < labels.length; i++) {
            counts[label(i)]++;
        }
        return counts;
    }

    /**
     * Some of the images.
     *
     * @param indices which, at least one; not modified
     * @return the chosen images in the order given, copied
     */
    public LabelledImages choose(int... indices) {
        int d = dimension();
        byte[] chosenPixels = new byte[Math.multiplyExact(indices.length, d)];
        byte[] chosenLabels = new byte[indices.length];
        for (int n = 0; n < indices.length; n++) {
            System.arraycopy(pixels, indices[n] * d, chosenPixels, n * d, d);
            chosenLabels[n] = labels[indices[n]];
        }
        return of(rows, columns, chosenPixels, chosenLabels);
    }

    /**
     * The first images.
     *
     * @param size how many, at least 1
     * @return images {@code 0 .. size - 1}, copied
     */
    public LabelledImages first(int size) {
        int[] indices = new int[size];
        Arrays.setAll(indices, i -> i);
        return choose(indices);
    }

    /**
     * The indices of all images, shuffled.
     *
     * @param seed of the order
     * @return a fresh array
     */
    public int[] shuffled(long seed) {
        int[] order = all();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            swap(order, i, random.nextInt(i + 1));
        }
        return order;
    }

    /**
     * Draws images without repetition: the first images of a file are not a fair sample, the first half of MNIST's test file is known
     * to be easier.
     *
     * @param size how many, at most {@link #count}
     * @param seed of the draws; those of a smaller size are the first of a larger one
     * @return their indices, a fresh array
     */
    public int[] drawn(int size, long seed) {
        int[] order = all();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < size; i++) {
            swap(order, i, random.nextInt(i, order.length));
        }
        return Arrays.copyOf(order, size);
    }

    private static void swap(int[] order, int i, int j) {
        int swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }

    /**
     * Chosen images, scaled.
     *
     * @param indices which images, {@code N} of them; not modified
     * @return {@code [N, D]} float, pixel / 255, a fresh array
     */
    public INDArray features(int[] indices) {
        int d = dimension();
        float[] values = new float[Math.multiplyExact(indices.length, d)];
        for (int n = 0; n < indices.length; n++) {
            int source = indices[n] * d;
            int target = n * d;
            for (int i = 0; i < d; i++) {
                values[target + i] = (pixels[source + i] & 0xff) * SCALE;
            }
        }
        return Nd4j.create(values, new long[] {indices.length, d}, 'c');
    }

    /**
     * All images, scaled.
     *
     * @return {@code [count, D]} float, a fresh array
     */
    public INDArray allFeatures() {
        return features(all());
    }

    /**
     * Chosen labels.
     *
     * @param indices which images; not modified
     * @return their labels, a fresh array
     */
    public int[] labels(int[] indices) {
        int[] result = new int[indices.length];
        for (int n = 0; n < indices.length; n++) {
            result[n] = label(indices[n]);
        }
        return result;
    }

    /**
     * Chosen labels, one-hot.
     *
     * @param indices which images, {@code N} of them; not modified
     * @param classes {@code C}, greater than every label
     * @return {@code [N, C]} float, a fresh array
     */
    public INDArray oneHot(int[] indices, int classes) {
        float[] values = new float[Math.multiplyExact(indices.length, classes)];
        for (int n = 0; n < indices.length; n++) {
            values[n * classes + label(indices[n])] = 1f;
        }
        return Nd4j.create(values, new long[] {indices.length, classes}, 'c');
    }

    /**
     * The indices of all images.
     *
     * @return 0, 1, ..., count - 1, a fresh array
     */
    public int[] all() {
        int[] indices = new int[count()];
        Arrays.setAll(indices, i -> i);
        return indices;
    }
}
