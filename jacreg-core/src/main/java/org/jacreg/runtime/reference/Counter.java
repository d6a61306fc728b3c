package org.jacreg.runtime.reference;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Goes through all indices below given sizes, the last one fastest. */
final class Counter {

    private Counter() {}

    static double sum(int[] sizes, ToDoubleFunction<int[]> term) {
        double total = 0;
        for (int size : sizes) {
            if (size == 0) {
                return 0;
            }
        }
        int[] index = new int[sizes.length];
        do {
            total += term.applyAsDouble(index);
        } while (next(index, sizes));
        return total;
    }

    /** Moves on; false behind the last. */
    static boolean next(int[] index, int[] sizes) {
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (++index[axis] < sizes[axis]) {
                return true;
            }
            index[axis] = 0;
        }
        return false;
    }

    static long product(int[] sizes) {
        return Arrays.stream(sizes).asLongStream().reduce(1, (a, b) -> a * b);
    }

    /** The index of the number at a place of a row-major array. */
    static int[] indexOf(long place, long[] shape) {
        int[] index = new int[shape.length];
        long rest = place;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = (int) (rest % shape[axis]);
            rest /= shape[axis];
        }
        return index;
    }

    static int placeOf(int[] index, long[] shape) {
        int place = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            place = place * (int) shape[axis] + index[axis];
        }
        return place;
    }
}
