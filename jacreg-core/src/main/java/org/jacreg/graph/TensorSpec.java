package org.jacreg.graph;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Name, type and shape of a variable, with the batch left open.
 *
 * @param name the variable
 * @param dataType its element type
 * @param dims its shape; {@code -1} where the size depends on the batch size
 */
public record TensorSpec(String name, DataType dataType, List<Long> dims) {

    /**
     * Copies the shape.
     *
     * @param name the variable
     * @param dataType its element type
     * @param dims its shape
     */
    public TensorSpec {
        dims = List.copyOf(dims);
    }

    /**
     * The number of axes.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return dims.size();
    }

    /**
     * The size of one axis.
     *
     * @param axis in {@code [0, rank)}
     * @return the size, or -1 for the batch axis
     */
    public long dim(int axis) {
        return dims.get(axis);
    }

    /**
     * The axis whose size depends on the batch size.
     *
     * @return the axis, or -1 if the shape is fixed
     */
    public int batchAxis() {
        return dims.indexOf(-1L);
    }

    /**
     * Whether the shape depends on the batch size.
     *
     * @return false for weights, constants and what is computed from them alone
     */
    public boolean batched() {
        return batchAxis() >= 0;
    }

    /**
     * The shape as {@code reshape} takes it.
     *
     * @return a fresh array with -1 on the batch axis
     */
    public long[] toArray() {
        return dims.stream().mapToLong(Long::longValue).toArray();
    }
}
