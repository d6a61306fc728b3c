package org.jacreg.runtime.kernel;

/** {@code out[i] = sum over s of in[starts[s] + i]}: loops that the compiler turns into vector instructions. */
final class ShiftedSums {

    private ShiftedSums() {}

    /** Sums {@code shifts} slices of {@code in}, at least one. */
    static void sum(float[] out, int to, float[] in, int[] starts, int shifts, int base, int count) {
        int done;
        if (shifts >= 5) {
            five(out, to, in, base, starts, count);
            done = 5;
        } else if (shifts >= 3) {
            three(out, to, in, base, starts, count);
            done = 3;
        } else {
            System.arraycopy(in, base + starts[0], out, to, count);
            done = 1;
        }
        for (; done < shifts; done++) {
            add(out, to, in, base + starts[done], count);
        }
    }

    private static void five(float[] out, int to, float[] in, int base, int[] starts, int count) {
        int a = base + starts[0];
        int b = base + starts[1];
        int c = base + starts[2];
        int d = base + starts[3];
        int e = base + starts[4];
        for (int i = 0; i < count; i++) {
            out[to + i] = (in[a + i] + in[b + i]) + (in[c + i] + in[d + i]) + in[e + i];
        }
    }

    private static void three(float[] out, int to, float[] in, int base, int[] starts, int count) {
        int a = base + starts[0];
        int b = base + starts[1];
        int c = base + starts[2];
        for (int i = 0; i < count; i++) {
            out[to + i] = (in[a + i] + in[b + i]) + in[c + i];
        }
    }

    private static void add(float[] out, int to, float[] in, int from, int count) {
        for (int i = 0; i < count; i++) {
            out[to + i] += in[from + i];
        }
    }
}
