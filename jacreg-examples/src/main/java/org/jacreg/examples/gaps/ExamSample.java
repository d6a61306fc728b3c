package org.jacreg.examples.gaps;

import org.jacreg.examples.data.LabelledImages;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Digits to measure on.
 *
 * @param x {@code [N, D]}, not modified
 * @param y {@code [N, C]} one-hot, not modified
 * @param images the digits
 */
public record ExamSample(INDArray x, INDArray y, LabelledImages images) {

    /**
     * All of some images.
     *
     * @param images at least one
     * @param classes C
     * @return the sample
     */
    public static ExamSample of(LabelledImages images, int classes) {
        return new ExamSample(images.allFeatures(), images.oneHot(images.all(), classes), images);
    }

    /**
     * The classes.
     *
     * @return one label a digit, a fresh array
     */
    public int[] labels() {
        return images.labels(images.all());
    }
}
