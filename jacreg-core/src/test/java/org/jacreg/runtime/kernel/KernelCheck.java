package org.jacreg.runtime.kernel;

import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Native arrays for tests, and the comparison with a float64 reference. */
final class KernelCheck {

    /** Half the distance of neighbouring float32 numbers near 1. */
    private static final double UNIT_ROUNDOFF = 0x1p-24;

    private KernelCheck() {}

    static CpuBackend backend(CpuBackend.Library library) {
        return CpuBackend.find(library)
                .orElseThrow(() -> new AssertionError(library + " must be on the class path of the tests"));
    }

    /** Numbers in [-1, 1), each a float32. */
    static double[] random(long size, Random random) {
        double[] values = new double[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    static FloatPointer floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return new FloatPointer(floats);
    }

    static FloatPointer dirty(long size) {
        double[] values = new double[Math.toIntExact(size)];
        Arrays.fill(values, Double.NaN);
        return floats(values);
    }

    static double[] read(FloatPointer pointer) {
        float[] floats = new float[Math.toIntExact(pointer.limit())];
        pointer.get(floats);
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    static int[] read(IntPointer pointer) {
        int[] values = new int[Math.toIntExact(pointer.limit())];
        pointer.get(values);
        return values;
    }

    /**
     * Refuses an element that is further from the reference than rounding of a sum explains.
     *
     * <p>A float32 sum of {@code terms} products of numbers up to 1, in any order, is off by at most about {@code terms} times the
     * unit roundoff times the sum of absolute values, itself at most {@code terms}. Errors of rounding go either way, so their
     * square root times six is never seen in practice: {@code 6 sqrt(terms)} roundoffs of a partial sum of size {@code
     * sqrt(terms)}, with one more unit for the smallest sums.
     */
    static void requireClose(String what, double[] wanted, double[] got, long terms) {
        if (wanted.length != got.length) {
            throw new AssertionError(what + ": expected " + wanted.length + " elements, got " + got.length);
        }
        requireWithin(what, wanted, got, 6 * UNIT_ROUNDOFF * (terms + 1.0));
    }

    static void requireWithin(String what, double[] wanted, double[] got, double tolerance) {
        for (int i = 0; i < wanted.length; i++) {
            if (!(Math.abs(wanted[i] - got[i]) <= tolerance)) {
                throw new AssertionError(
                        what + ": element " + i + " is " + got[i] + ", expected " + wanted[i] + " within " + tolerance);
            }
        }
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
