package org.jacreg.runtime.kernel;

/**
 * How many products of one shape, and how far apart their matrices lie, in elements.
 *
 * @param count how many
 * @param strideA from one A to the next; 0 where all share one
 * @param strideB from one B to the next; 0 where all share one
 * @param strideC from one C to the next; must not be less than C's extent
 */
public record MatrixBatch(int count, long strideA, long strideB, long strideC) {

    /** Checks the signs. */
    public MatrixBatch {
        if (!(count >= 1 && strideA >= 0 && strideB >= 0 && strideC >= 0)) {
            throw new IllegalArgumentException("expected at least one product and strides of at least 0, got count="
                    + count + " strides " + strideA + ", " + strideB + ", " + strideC);
        }
    }

    static MatrixBatch single() {
        return new MatrixBatch(1, 0, 0, 0);
    }

    void requireSeparate(MatrixShape shape) {
        if (count > 1 && !(strideC >= shape.sizeC())) {
            throw new IllegalArgumentException("results would overlap: they are " + strideC
                    + " elements apart and take " + shape.sizeC() + " each");
        }
    }
}
