package org.jacreg.runtime.reference;

/** An array's values in float64. */
public final class Operand {

    private final double[] values;
    private final long[] shape;

    /**
     * Takes hold of values.
     *
     * @param values row-major, whatever the order of the array they came from; kept
     * @param shape kept
     */
    public Operand(double[] values, long[] shape) {
        this.values = values;
        this.shape = shape;
    }

    /**
     * The values.
     *
     * @return row-major; not to be modified
     */
    public double[] values() {
        return values;
    }

    long[] shape() {
        return shape;
    }

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
