package org.jacreg.attacks;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The samples that an attack is still busy with, and a point of each: what is dropped costs nothing more. */
final class Active {

    private int[] rows;
    private double[][] points;

    /**
     * Starts.
     *
     * @param rows the samples' rows in the batch
     * @param points a point of each; kept and modified
     */
    Active(int[] rows, double[][] points) {
        this.rows = rows;
        this.points = points;
    }

    int size() {
        return rows.length;
    }

    boolean isEmpty() {
        return rows.length == 0;
    }

    /** The samples' rows; not to be modified. */
    int[] rows() {
        return rows;
    }

    int row(int i) {
        return rows[i];
    }

    /** The points, whose entries may be modified. */
    double[][] points() {
        return points;
    }

    double[] point(int i) {
        return points[i];
    }

    /** Keeps the samples at some places, in their order, and gives these places. */
    int[] keep(IntPredicate place) {
        int[] kept = IntStream.range(0, rows.length).filter(place).toArray();
        if (kept.length < rows.length) {
            int[] oldRows = rows;
            double[][] oldPoints = points;
            rows = Arrays.stream(kept).map(i -> oldRows[i]).toArray();
            points = Arrays.stream(kept).mapToObj(i -> oldPoints[i]).toArray(double[][]::new);
        }
        return kept;
    }
}
