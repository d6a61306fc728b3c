package org.jacreg.runtime.kernel;

/** Order of the axes of a convolution's weights, under ND4J's names: y and x of the kernel, i(nput) and o(utput) channels. */
public enum WeightFormat {
    /** {@code [kH, kW, iC, oC]}. */
    YXIO,
    /** {@code [oC, iC, kH, kW]}. */
    OIYX,
    /** {@code [oC, kH, kW, iC]}. */
    OYXI;

    /** Where a weight lies. */
    int index(ConvolutionShape s, int o, int i, int y, int x) {
        int height = s.window().kernelHeight();
        int width = s.window().kernelWidth();
        int in = s.input().channels();
        int out = s.output().channels();
        return switch (this) {
            case YXIO -> ((y * width + x) * in + i) * out + o;
            case OIYX -> ((o * in + i) * height + y) * width + x;
            case OYXI -> ((o * height + y) * width + x) * in + i;
        };
    }

    /** Whether the weights, as a matrix, have the output channel last. */
    boolean outputLast() {
        return this == YXIO;
    }

    /** Where a tap of an input channel stands among the rows or columns of that matrix. */
    int tap(ConvolutionShape s, int i, int y, int x) {
        int height = s.window().kernelHeight();
        int width = s.window().kernelWidth();
        return this == OIYX
                ? (i * height + y) * width + x
                : (y * width + x) * s.input().channels() + i;
    }
}
