package org.jacreg.runtime.kernel;

/**
 * The window of a convolution or a pooling: output pixel {@code (y, x)} sees input pixels {@code (y strideHeight + i dilationHeight -
 * padTop, x strideWidth + j dilationWidth - padLeft)} for {@code i < kernelHeight}, {@code j < kernelWidth}; those outside of the image
 * count as padding. What is padded below and to the right follows from the output's size.
 *
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param strideHeight input rows from one output row to the next
 * @param strideWidth input columns from one output column to the next
 * @param dilationHeight input rows from one kernel row to the next
 * @param dilationWidth input columns from one kernel column to the next
 * @param padTop rows of padding above
 * @param padLeft columns of padding to the left
 */
public record Window(
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int dilationHeight,
        int dilationWidth,
        int padTop,
        int padLeft) {

    /** Checks signs. */
    public Window {
        boolean positive = kernelHeight >= 1
                && kernelWidth >= 1
                && strideHeight >= 1
                && strideWidth >= 1
                && dilationHeight >= 1
                && dilationWidth >= 1;
        if (!(positive && padTop >= 0 && padLeft >= 0)) {
            throw new IllegalArgumentException(
                    "expected kernel, stride and dilation of at least 1 and padding of at least 0, got "
                            + kernelHeight + "x" + kernelWidth + " stride " + strideHeight + "x" + strideWidth
                            + " dilation "
                            + dilationHeight + "x" + dilationWidth + " pad " + padTop + "," + padLeft);
        }
    }

    /**
     * A square window without dilation.
     *
     * @param kernel rows and columns of the kernel
     * @param stride input pixels from one output pixel to the next
     * @param pad rows and columns of padding on each side
     * @return the window
     */
    public static Window square(int kernel, int stride, int pad) {
        return new Window(kernel, kernel, stride, stride, 1, 1, pad, pad);
    }

    /**
     * Rows of output where as much is padded below as above.
     *
     * @param inputHeight rows of input
     * @return may be less than 1 if the kernel does not fit
     */
    public int outputHeight(int inputHeight) {
        return Math.floorDiv(inputHeight + 2 * padTop - (kernelHeight - 1) * dilationHeight - 1, strideHeight) + 1;
    }

    /**
     * Columns of output where as much is padded on the right as on the left.
     *
     * @param inputWidth columns of input
     * @return may be less than 1 if the kernel does not fit
     */
    public int outputWidth(int inputWidth) {
        return Math.floorDiv(inputWidth + 2 * padLeft - (kernelWidth - 1) * dilationWidth - 1, strideWidth) + 1;
    }

    @Override
    public String toString() {
        return kernelHeight + "x" + kernelWidth
                + (strideHeight * strideWidth > 1 ? " stride " + strideHeight + "x" + strideWidth : "")
                + (dilationHeight * dilationWidth > 1 ? " dilation " + dilationHeight + "x" + dilationWidth : "")
                + (padTop + padLeft > 0 ? " pad " + padTop + "," + padLeft : "");
    }
}
