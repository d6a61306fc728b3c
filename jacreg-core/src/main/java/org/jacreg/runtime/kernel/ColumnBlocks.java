package org.jacreg.runtime.kernel;

/**
 * How the columns of an im2col matrix are cut into blocks that stay in a core's cache: some rows of one sample, or some whole samples.
 *
 * @param rows plane rows in a block
 * @param samples samples in a block; more than one only where a block has all rows
 * @param columns columns of one sample in a block: rows times the plane's width
 */
record ColumnBlocks(int rows, int samples, int columns) {

    /** Floats of a block's matrix: 512 KiB, half of the second-level cache of present cores. */
    private static final int BLOCK = 1 << 17;

    /** Fewer columns than this leave a matrix product without enough to do for each weight it loads. */
    private static final int LEAST_COLUMNS = 64;

    private static final int MOST_SAMPLES = 16;

    static ColumnBlocks of(int matrixRows, int planeRows, int planeWidth, int samples) {
        int fitting = Math.max(BLOCK / matrixRows, LEAST_COLUMNS);
        int rows = Math.min(planeRows, Math.max(1, (fitting + planeWidth - 1) / planeWidth));
        int columns = rows * planeWidth;
        int together = rows < planeRows ? 1 : Math.max(1, Math.min(Math.min(MOST_SAMPLES, samples), fitting / columns));
        return new ColumnBlocks(rows, together, columns);
    }

    /** Columns of the whole block. */
    int width() {
        return samples * columns;
    }
}
