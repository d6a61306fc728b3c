package org.jacreg.bounds.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How close the symbol's bound is where it matters, and that it has not lost what makes it a bound. */
class SymbolBoundTest {

    private static Convolution random(int size, int channels, int outputs, int taps, int stride, int dilation) {
        int reach = (taps - 1) * dilation + 1;
        int padding = reach / 2;
        int positions = (size + 2 * padding - reach) / stride + 1;
        SlidingAxis axis = new SlidingAxis(size, positions, taps, stride, padding, dilation);
        double[] kernel = new Random(5)
                .doubles((long) channels * outputs * taps * taps, -1, 1)
                .toArray();
        return new Convolution("conv", axis, axis, channels, false, kernel, new double[outputs]);
    }

    /** Against the exact norm, on images that are large compared with the kernel. */
    @ParameterizedTest
    @CsvSource({"16,1,3,3,1,1", "16,3,2,3,1,1", "20,2,2,3,2,1", "20,2,3,5,1,1", "24,1,2,3,1,2", "20,1,4,4,2,1"})
    void closeForLargeImages(int size, int channels, int outputs, int taps, int stride, int dilation) {
        Convolution convolution = random(size, channels, outputs, taps, stride, dilation);
        double exact = ConvolutionNorm.exact(convolution);
        assertThat(SymbolBound.of(convolution)).isBetween(exact, 1.06 * exact);
    }

    /** The window (1, 1): its symbol is 1 + e^{i theta}, its norm along an endless axis 2, along n entries 2 cos(pi/(2n+..)). */
    @Test
    void twoTaps() {
        SlidingAxis row = new SlidingAxis(1, 1, 1, 1, 0, 1);
        SlidingAxis column = new SlidingAxis(50, 51, 2, 1, 1, 1);
        Convolution sum = new Convolution("sum", row, column, 1, false, new double[] {1, 1}, new double[] {0});
        // 1/cos(pi / (2 * 96)) - 1 = 1.3e-4 for the finest grid
        assertThat(SymbolBound.of(sum)).isBetween(2.0, 2.0 * (1 + 2e-4));
        // the matrix is bidiagonal: singular values 2 cos(k pi / (2 (n + 1)))
        double exact = 2 * Math.cos(Math.PI / (2 * 51));
        assertThat(ConvolutionNorm.exact(sum)).isBetween(exact * (1 - 1e-13), exact * (1 + 1e-8));
    }

    /** A maximum between two points of a coarse grid, so sharp that the grid alone falls short by 3 %. */
    @Test
    void theGridAloneWouldBeBelow() {
        double[] kernel = new double[9];
        for (int t = 0; t < 9; t++) {
            // |sum_t k_t e^{i t theta}| is largest near this frequency, amid points 4 and 5 of 32
            kernel[t] = Math.cos(2 * Math.PI * 4.5 / 32 * (t - 4));
        }
        double coarse = largestOnGrid(kernel, 32);
        double exact = largestOnGrid(kernel, 1 << 20);
        assertThat(coarse).isLessThan(0.98 * exact);
        SlidingAxis row = new SlidingAxis(1, 1, 1, 1, 0, 1);
        SlidingAxis column = new SlidingAxis(2000, 1992, 9, 1, 0, 1);
        Convolution convolution = new Convolution("conv", row, column, 1, false, kernel, new double[] {0});
        assertThat(SymbolBound.of(convolution)).isBetween(exact, 1.001 * exact);
        assertThat(coarse / Math.cos(8 * Math.PI / (2 * 32))).isGreaterThan(exact);
    }

    private static double largestOnGrid(double[] kernel, int points) {
        double largest = 0;
        for (int j = 0; j < points; j++) {
            double re = 0;
            double im = 0;
            for (int t = 0; t < kernel.length; t++) {
                re += kernel[t] * Math.cos(2 * Math.PI * j * t / points);
                im += kernel[t] * Math.sin(2 * Math.PI * j * t / points);
            }
            largest = Math.max(largest, Math.hypot(re, im));
        }
        return largest;
    }

    @Test
    void zeroAndScale() {
        SlidingAxis axis = new SlidingAxis(40, 38, 3, 1, 0, 1);
        Convolution zero = new Convolution("zero", axis, axis, 1, false, new double[9], new double[] {1});
        assertThat(zero.operatorNorm()).isZero();
        Convolution one = random(40, 1, 1, 3, 1, 1);
        double[] huge = new double[9];
        for (int i = 0; i < 9; i++) {
            huge[i] = Math.scalb(one.weight(0, 0, i / 3, i % 3), 900);
        }
        Convolution large = new Convolution("large", one.rows(), one.columns(), 1, false, huge, new double[] {0});
        assertThat(large.operatorNorm()).isEqualTo(Math.scalb(one.operatorNorm(), 900));
    }

    /** Two networks differ by the difference of their kernels. */
    @Test
    void differences() {
        Convolution a = random(6, 2, 2, 3, 1, 1);
        LayeredNetwork network = LayeredNetwork.of(List.of(a));
        assertThat(network.distances(network, true).get(0).operator()).isZero();
    }
}
