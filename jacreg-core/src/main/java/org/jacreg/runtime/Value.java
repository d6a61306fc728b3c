package org.jacreg.runtime;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One array of a program, of a fixed shape; equal only to itself.
 *
 * <p>{@code array} is the contents of a {@link Kind#CONSTANT}, and null otherwise.
 */
final class Value {

    /** Where the contents come from. */
    enum Kind {
        /** Copied from the caller's array before every run. */
        PLACEHOLDER,
        /** Read where the graph keeps it. */
        VARIABLE,
        /** The same at every run. */
        CONSTANT,
        /** Written by an instruction. */
        COMPUTED
    }

    private final String name;
    private final Kind kind;
    private final DataType type;
    private final long[] shape;
    private final @Nullable INDArray array;

    private Value(String name, Kind kind, DataType type, long[] shape, @Nullable INDArray array) {
        this.name = name;
        this.kind = kind;
        this.type = type;
        this.shape = shape.clone();
        this.array = array;
    }

    static Value computed(String name, DataType type, long... shape) {
        return new Value(name, Kind.COMPUTED, type, shape, null);
    }

    static Value constant(String name, INDArray array) {
        return new Value(name, Kind.CONSTANT, array.dataType(), array.shape(), array);
    }

    static Value given(String name, Kind kind, INDArray array) {
        return new Value(name, kind, array.dataType(), array.shape(), null);
    }

    /** A new computed value like this one. */
    Value like(String newName) {
        return computed(newName, type, shape);
    }

    String name() {
        return name;
    }

    Kind kind() {
        return kind;
    }

    boolean isConstant() {
        return kind == Kind.CONSTANT;
    }

    @Nullable
    INDArray array() {
        return array;
    }

    DataType type() {
        return type;
    }

    long[] shape() {
        return shape.clone();
    }

    int rank() {
        return shape.length;
    }

    long size(int axis) {
        return shape[axis];
    }

    long length() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    boolean hasShapeOf(Value other) {
        return Arrays.equals(shape, other.shape);
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape);
    }
}
