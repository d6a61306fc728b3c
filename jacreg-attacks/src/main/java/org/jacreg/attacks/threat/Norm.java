package org.jacreg.attacks.threat;

import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A norm in which a perturbation is measured. */
public enum Norm {

    /** The largest absolute entry, {@code max_j |d_j|}. */
    LINF,

    /** The Euclidean norm, {@code sqrt(sum_j d_j^2)}. */
    L2;

    /**
     * The distance between the samples of two batches, {@code ||a_n - b_n||} for every {@code n}.
     *
     * <p>Computed in the arrays' own type: a relative error of a few units in the last place for {@code LINF}, growing
     * with the number of entries for {@code L2}.
     *
     * @param a {@code [N, *]}; not modified
     * @param b an array of the same shape and type; not modified
     * @return {@code N} distances
     * @throws IllegalArgumentException if the shapes differ
     */
    public double[] distances(INDArray a, INDArray b) {
        if (!a.equalShapes(b)) {
            throw new IllegalArgumentException("distances: expected two arrays of one shape, got "
                    + java.util.Arrays.toString(a.shape()) + " and " + java.util.Arrays.toString(b.shape()));
        }
        INDArray difference = a.sub(b);
        return of(difference.reshape('c', a.size(0), -1));
    }

    /** The norm of every row of {@code [N, D]}; not modified. */
    double[] of(INDArray rows) {
        INDArray norms = this == LINF ? rows.amax(1) : rows.norm2(1);
        return norms.toDoubleVector();
    }

    /** {@inheritDoc} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
