package org.jacreg.runtime;

import org.jacreg.runtime.kernel.ConvolutionShape;
import org.nd4j.autodiff.loss.LossReduce;

/** What a {@link Native} instruction does. */
sealed interface NativeOperation {

    /** {@code sum(a * b)} over all entries. */
    record Dot() implements NativeOperation {}

    /**
     * Softmax cross-entropy of logits {@code [N, C]} with labels {@code [N, C]}, weighted by a number; inputs in ND4J's order:
     * logits, weight, labels. The loss if {@code gradient} is false, else its gradient by the logits.
     */
    record CrossEntropy(LossReduce reduction, float smoothing, boolean gradient) implements NativeOperation {}

    /** Convolution without bias: images and weights to images. */
    record Convolve(ConvolutionShape shape) implements NativeOperation {}

    /** The adjoint of {@link Convolve} in its images: cotangents and weights to images. */
    record ConvolveBack(ConvolutionShape shape) implements NativeOperation {}

    /** The adjoint of {@link Convolve} in its weights: images and cotangents to weights. */
    record ConvolutionWeights(ConvolutionShape shape) implements NativeOperation {}

    /**
     * Maximum pooling over tiles: images {@code [N, C, H, W]} to maxima {@code [N, C, h, w]} and the places of the first of them, as
     * positions in the image's plane.
     */
    record MaxPool() implements NativeOperation {}

    /** Values {@code [V N, C, h, w]} at the places {@code [N, C, h, w]} of images {@code [V N, C, H, W]} of zeros. */
    record Unpool() implements NativeOperation {}

    /** What images {@code [V N, C, H, W]} hold at the places {@code [N, C, h, w]}. */
    record GatherPool() implements NativeOperation {}
}
