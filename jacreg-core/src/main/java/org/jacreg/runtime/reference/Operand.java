package org.jacreg.runtime.reference;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * An array's values in float64.
 *
 * @param values row-major, whatever the order of the array they came from; not to be modified
 * @param shape not to be modified
 * @param type of the array they came from
 */
public record Operand(double[] values, long[] shape, DataType type) {

    int rank() {
        return shape.length;
    }

    int size(int axis) {
        return (int) shape[axis < 0 ? axis + shape.length : axis];
    }

    /** The value at an index, which has as many numbers as the operand has axes. */
    double at(int... index) {
        int offset = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            offset = offset * (int) shape[axis] + index[axis];
        }
        return values[offset];
    }

    /** The value at an index of a result that the operand is broadcast to. */
    double broadcast(int[] index) {
        int offset = 0;
        int lead = index.length - shape.length;
        for (int axis = 0; axis < shape.length; axis++) {
            int at = shape[axis] == 1 ? 0 : index[axis + lead];
            offset = offset * (int) shape[axis] + at;
        }
        return values[offset];
    }
}
