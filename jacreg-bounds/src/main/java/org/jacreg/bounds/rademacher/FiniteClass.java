package org.jacreg.bounds.rademacher;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Finitely many functions, given by their values on the n points. Immutable and thread-safe. */
public final class FiniteClass implements SupremumOracle {

    private final Sample functions;

    private FiniteClass(Sample functions) {
        this.functions = functions;
    }

    /**
     * A class of functions.
     *
     * @param values the values, one row a function, shape [|Q|, n], any numeric type; copied to float64. Not modified.
     * @return the class
     * @throws IllegalArgumentException if the array is no matrix, is empty, or holds NaN or infinity
     */
    public static FiniteClass of(INDArray values) {
        return new FiniteClass(Sample.of("values", values));
    }

    /**
     * The number of functions {@code |Q|}.
     *
     * @return at least 1
     */
    public int functions() {
        return functions.size();
    }

    @Override
    public int size() {
        return functions.width();
    }

    @Override
    public double supremum(double[] multipliers) {
        double best = Double.NEGATIVE_INFINITY;
        for (int f = 0; f < functions.size(); f++) {
            double[] values = functions.row(f);
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += multipliers[i] * values[i];
            }
            best = Math.max(best, sum);
        }
        return functions.unscale(best);
    }

    @Override
    public double largestValues() {
        double[] largest = new double[functions.width()];
        for (int f = 0; f < functions.size(); f++) {
            double[] values = functions.row(f);
            for (int i = 0; i < values.length; i++) {
                largest[i] = Math.max(largest[i], Math.abs(values[i]));
            }
        }
        return functions.unscale(LpNorm.L2.of(largest));
    }

    @Override
    public String toString() {
        return functions.size() + " functions on " + functions.width() + " points";
    }
}
