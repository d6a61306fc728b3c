package org.jacreg.bounds.certify;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Samples of an array as rows of float64. */
final class SampleRows {

    private SampleRows() {}

    static double[][] of(INDArray x) {
        if (x.rank() < 2 || x.isEmpty()) {
            throw new IllegalArgumentException("samples: got an array of shape " + java.util.Arrays.toString(x.shape())
                    + ", wanted [N, *inputShape] with at least one sample");
        }
        return x.castTo(DataType.DOUBLE)
                .dup('c')
                .reshape('c', x.size(0), x.length() / x.size(0))
                .toDoubleMatrix();
    }
}
