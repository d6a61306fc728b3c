package org.jacreg.runtime;

import org.jacreg.runtime.kernel.ConvolutionShape;
import org.jacreg.runtime.kernel.PoolShape;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.loss.LossReduce;

/** What a {@link Native} instruction does. */
sealed interface NativeOperation {

    /** Whether it is made of many matrix products. */
    default boolean isConvolution() {
        return this instanceof Convolve || this instanceof ConvolveBack || this instanceof ConvolutionWeights;
    }

    /** {@code max(sum(a * b), 0)} over all entries, for sums that only rounding can make negative. */
    record Dot() implements NativeOperation {}

    /**
     * Softmax cross-entropy of logits {@code [N, C]} with labels {@code [N, C]}, weighted by a number; inputs in ND4J's order:
     * logits, weight, labels. The loss if {@code gradient} is false, else its gradient by the logits.
     */
    record CrossEntropy(LossReduce reduction, float smoothing, boolean gradient) implements NativeOperation {}

    /**
     * Convolution without bias: images and weights to images. With {@code gathers}, a third input holds places of maxima, and only what
     * the result holds there is written, as by {@link GatherPool}.
     */
    record Convolve(ConvolutionShape shape, @Nullable PoolShape gathers) implements NativeOperation {}

    /**
     * The adjoint of {@link Convolve} in its images: cotangents and weights to images. With {@code unpools}, the cotangents are those at
     * places of maxima, the third input, and zero elsewhere, as by {@link Unpool}.
     */
    record ConvolveBack(ConvolutionShape shape, @Nullable PoolShape unpools) implements NativeOperation {}

    /** The adjoint of {@link Convolve} in its weights: images and cotangents, perhaps at places of maxima, to weights. */
    record ConvolutionWeights(
            ConvolutionShape shape, @Nullable PoolShape unpools) implements NativeOperation {}

    /**
     * Maximum pooling: images {@code [N, C, H, W]} to maxima {@code [N, C, h, w]} and the places of the first of them, as
     * positions in the image's plane.
     */
    record MaxPool(PoolShape shape) implements NativeOperation {}

    /** Values {@code [V N, C, h, w]} added up at the places {@code [N, C, h, w]} of images {@code [V N, C, H, W]} of zeros. */
    record Unpool(PoolShape shape) implements NativeOperation {}

    /** What images {@code [V N, C, H, W]} hold at the places {@code [N, C, h, w]}. */
    record GatherPool(PoolShape shape) implements NativeOperation {}
}
