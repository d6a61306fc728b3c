package org.jacreg.runtime;

import org.jacreg.runtime.Pointwise.Stage;

/**
 * The inner loops of {@link Pointwise}: over short Java arrays, so that the compiler turns them into vector instructions.
 *
 * <p>Comparisons are written with minimum and maximum, since the compiler makes branches of others: {@code min(max(a H, 0) H, 1)}
 * with {@code H = 2^127} is 1 for every positive number, the smallest (2^-149) included, and 0 otherwise.
 *
 * <p>The results are ND4J's, but that NaN stays NaN where ND4J swallows it: ND4J takes the second of two numbers if the first is
 * NaN in minimum and maximum, has 0 for the sign and the step of NaN, and shuts a gate at NaN. And a gate that is shut makes NaN of an infinity
 * or NaN behind it, where ND4J has 0. A gate may also give -0 for 0.
 */
final class ElementwiseLoops {

    private static final float HUGE = 0x1p127f;

    private ElementwiseLoops() {}

    /** Runs a stage on the first n entries of its registers. */
    static void run(Stage stage, float[][] registers, float[] to, int n) {
        float[] a = registers[stage.a()];
        switch (stage.operation()) {
            case COPY -> System.arraycopy(a, 0, to, 0, n);
            case ADD -> add(a, registers[stage.b()], to, n);
            case SUBTRACT -> subtract(a, registers[stage.b()], to, n);
            case MULTIPLY -> multiply(a, registers[stage.b()], to, n);
            case DIVIDE -> divide(a, registers[stage.b()], to, n);
            case MINIMUM -> minimum(a, registers[stage.b()], to, n);
            case MAXIMUM -> maximum(a, registers[stage.b()], to, n);
            case EQUAL -> equal(a, registers[stage.b()], to, n);
            case ADD_CONSTANT -> addConstant(a, stage.c(), to, n);
            case MULTIPLY_CONSTANT -> multiplyConstant(a, stage.c(), to, n);
            case DIVIDE_CONSTANT -> divideConstant(a, stage.c(), to, n);
            case NEGATE -> negate(a, to, n);
            case ABSOLUTE -> absolute(a, to, n);
            case SIGN -> sign(a, to, n);
            case SQUARE -> multiply(a, a, to, n);
            case RELU -> relu(a, stage.c(), to, n);
            case STEP -> step(a, stage.c(), to, n);
            case GATE -> gate(a, registers[stage.b()], stage.c(), to, n);
        }
    }

    private static void add(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] + b[i];
        }
    }

    private static void subtract(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] - b[i];
        }
    }

    private static void multiply(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] * b[i];
        }
    }

    private static void divide(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] / b[i];
        }
    }

    private static void minimum(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.min(a[i], b[i]);
        }
    }

    private static void maximum(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.max(a[i], b[i]);
        }
    }

    private static void equal(float[] a, float[] b, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] == b[i] ? 1f : 0f;
        }
    }

    private static void addConstant(float[] a, float c, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] + c;
        }
    }

    private static void multiplyConstant(float[] a, float c, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] * c;
        }
    }

    private static void divideConstant(float[] a, float c, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = a[i] / c;
        }
    }

    private static void negate(float[] a, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = -a[i];
        }
    }

    private static void absolute(float[] a, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.abs(a[i]);
        }
    }

    private static void sign(float[] a, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            float up = Math.min(Math.max(a[i] * HUGE, 0f) * HUGE, 1f);
            float down = Math.min(Math.max(-a[i] * HUGE, 0f) * HUGE, 1f);
            to[i] = up - down;
        }
    }

    private static void relu(float[] a, float c, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.max(a[i], c);
        }
    }

    private static void step(float[] a, float c, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = Math.min(Math.max((a[i] - c) * HUGE, 0f) * HUGE, 1f);
        }
    }

    private static void gate(float[] a, float[] b, float c, float[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = b[i] * Math.min(Math.max((a[i] - c) * HUGE, 0f) * HUGE, 1f);
        }
    }
}
