package org.jacreg.runtime.kernel;

/** The definition of the convolution and its adjoints as nested loops in float64. */
final class NaiveConvolution {

    private interface Visit {
        void product(int x, int w, int y);
    }

    private NaiveConvolution() {}

    static double[] forward(ConvolutionShape s, double[] x, double[] w) {
        double[] y = new double[s.batch() * s.output().size()];
        visit(s, (ix, iw, iy) -> y[iy] += x[ix] * w[iw]);
        return y;
    }

    static double[] backwardData(ConvolutionShape s, double[] y, double[] w) {
        double[] x = new double[s.batch() * s.input().size()];
        visit(s, (ix, iw, iy) -> x[ix] += y[iy] * w[iw]);
        return x;
    }

    static double[] backwardWeights(ConvolutionShape s, double[] x, double[] y) {
        double[] w = new double[s.weights()];
        visit(s, (ix, iw, iy) -> w[iw] += x[ix] * y[iy]);
        return w;
    }

    private static void visit(ConvolutionShape s, Visit visit) {
        ImageShape out = s.output();
        for (int n = 0; n < s.batch(); n++) {
            for (int o = 0; o < out.channels(); o++) {
                for (int y = 0; y < out.height(); y++) {
                    for (int x = 0; x < out.width(); x++) {
                        int iy = ((n * out.channels() + o) * out.height() + y) * out.width() + x;
                        visitWindow(s, n, o, y, x, iy, visit);
                    }
                }
            }
        }
    }

    private static void visitWindow(ConvolutionShape s, int n, int o, int y, int x, int iy, Visit visit) {
        Window v = s.window();
        ImageShape in = s.input();
        for (int i = 0; i < in.channels(); i++) {
            for (int a = 0; a < v.kernelHeight(); a++) {
                for (int b = 0; b < v.kernelWidth(); b++) {
                    int row = y * v.strideHeight() + a * v.dilationHeight() - v.padTop();
                    int column = x * v.strideWidth() + b * v.dilationWidth() - v.padLeft();
                    if (row >= 0 && row < in.height() && column >= 0 && column < in.width()) {
                        int ix = ((n * in.channels() + i) * in.height() + row) * in.width() + column;
                        visit.product(ix, weight(s, o, i, a, b), iy);
                    }
                }
            }
        }
    }

    /** By the names of the formats, not by the code under test. */
    private static int weight(ConvolutionShape s, int o, int i, int a, int b) {
        int oC = s.output().channels();
        int iC = s.input().channels();
        int kH = s.window().kernelHeight();
        int kW = s.window().kernelWidth();
        int[][] order = switch (s.format()) {
            case YXIO -> new int[][] {{a, kH}, {b, kW}, {i, iC}, {o, oC}};
            case OIYX -> new int[][] {{o, oC}, {i, iC}, {a, kH}, {b, kW}};
            case OYXI -> new int[][] {{o, oC}, {a, kH}, {b, kW}, {i, iC}};
        };
        int index = 0;
        for (int[] axis : order) {
            index = index * axis[1] + axis[0];
        }
        return index;
    }
}
