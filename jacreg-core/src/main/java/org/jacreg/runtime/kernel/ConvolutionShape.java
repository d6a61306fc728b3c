package org.jacreg.runtime.kernel;

/**
 * The shape of a two-dimensional convolution of a batch:
 *
 * <p>{@code Y[n, o, y, x] = sum over i, a, b of W[o, i, a, b] X[n, i, y sH + a dH - top, x sW + b dW - left]}, with zeros outside
 * of {@code X}. Bias is not part of it. X is {@code [N, iC, H, W]}, Y {@code [N, oC, oH, oW]}, W as its format says.
 *
 * @param batch N
 * @param input iC, H, W
 * @param output oC, oH, oW
 * @param window kernel, stride, dilation, padding
 * @param format order of the weights' axes
 */
public record ConvolutionShape(int batch, ImageShape input, ImageShape output, Window window, WeightFormat format) {

    /** Checks the batch size. */
    public ConvolutionShape {
        if (!(batch >= 1)) {
            throw new IllegalArgumentException("expected a batch of at least 1, got " + batch);
        }
        Math.multiplyExact(
                Math.multiplyExact(input.channels(), output.channels()), window.kernelHeight() * window.kernelWidth());
    }

    /**
     * A convolution with as much padding below and right as above and left.
     *
     * @param batch N
     * @param input iC, H, W
     * @param outChannels oC
     * @param window kernel, stride, dilation, padding
     * @param format order of the weights' axes
     * @return the shape
     */
    public static ConvolutionShape of(
            int batch, ImageShape input, int outChannels, Window window, WeightFormat format) {
        ImageShape output =
                new ImageShape(outChannels, window.outputHeight(input.height()), window.outputWidth(input.width()));
        return new ConvolutionShape(batch, input, output, window, format);
    }

    /**
     * Elements of the weights.
     *
     * @return {@code oC iC kH kW}
     */
    public int weights() {
        return output.channels() * taps();
    }

    /** Products that one output element sums. */
    int taps() {
        return input.channels() * window.kernelHeight() * window.kernelWidth();
    }

    /**
     * Floating-point operations of the convolution, padding counted.
     *
     * @return two for each product
     */
    public double flops() {
        return 2.0 * batch * output.size() * taps();
    }

    @Override
    public String toString() {
        return batch + " x " + input + " -> " + output + " " + window + " " + format;
    }
}
