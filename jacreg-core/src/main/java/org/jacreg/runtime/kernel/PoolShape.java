package org.jacreg.runtime.kernel;

/**
 * The shape of a pooling of a batch: channel by channel, each output pixel has the pixels of its window, those in the padding left out.
 *
 * @param batch N
 * @param input C, H, W
 * @param output C, oH, oW
 * @param window kernel, stride, dilation, padding
 */
public record PoolShape(int batch, ImageShape input, ImageShape output, Window window) {

    /** Checks that channels agree and every window has a pixel of the image. */
    public PoolShape {
        if (!(batch >= 1)) {
            throw new IllegalArgumentException("expected a batch of at least 1, got " + batch);
        }
        if (input.channels() != output.channels()) {
            throw new IllegalArgumentException("pooling keeps channels: expected " + input.channels()
                    + " in the output, got " + output.channels());
        }
        requirePixels(
                "row",
                input.height(),
                output.height(),
                window.strideHeight(),
                window.padTop(),
                window.kernelHeight(),
                window.dilationHeight());
        requirePixels(
                "column",
                input.width(),
                output.width(),
                window.strideWidth(),
                window.padLeft(),
                window.kernelWidth(),
                window.dilationWidth());
    }

    /**
     * A pooling with as much padding below and right as above and left.
     *
     * @param batch N
     * @param input C, H, W
     * @param window kernel, stride, dilation, padding
     * @return the shape
     */
    public static PoolShape of(int batch, ImageShape input, Window window) {
        return new PoolShape(
                batch,
                input,
                new ImageShape(
                        input.channels(), window.outputHeight(input.height()), window.outputWidth(input.width())),
                window);
    }

    private static void requirePixels(String axis, int in, int out, int stride, int pad, int kernel, int dilation) {
        for (int o = 0; o < out; o++) {
            boolean some = false;
            for (int k = 0; k < kernel; k++) {
                int i = o * stride + k * dilation - pad;
                some |= i >= 0 && i < in;
            }
            if (!some) {
                throw new IllegalArgumentException("the windows of output " + axis + " " + o
                        + " lie in the padding altogether: pad less, or make the output smaller");
            }
        }
    }

    /** Calls {@code visit} with the place in the channel of every pixel of a window, row by row. */
    void visit(int outRow, int outColumn, PixelVisitor visitor) {
        for (int i = 0; i < window.kernelHeight(); i++) {
            int y = outRow * window.strideHeight() + i * window.dilationHeight() - window.padTop();
            if (y >= 0 && y < input.height()) {
                for (int j = 0; j < window.kernelWidth(); j++) {
                    int x = outColumn * window.strideWidth() + j * window.dilationWidth() - window.padLeft();
                    if (x >= 0 && x < input.width()) {
                        visitor.pixel(y * input.width() + x);
                    }
                }
            }
        }
    }

    /** Takes the pixels of a window. */
    @FunctionalInterface
    interface PixelVisitor {
        void pixel(int place);
    }

    @Override
    public String toString() {
        return batch + " x " + input + " -> " + output + " " + window;
    }
}
