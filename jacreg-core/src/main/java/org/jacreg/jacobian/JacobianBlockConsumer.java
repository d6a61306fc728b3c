package org.jacreg.jacobian;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Receives a Jacobian piece by piece; see {@link Jacobian#stream}. */
@FunctionalInterface
public interface JacobianBlockConsumer {

    /**
     * Takes one block: rows {@code rowFrom, rowFrom + 1, ...} of samples {@code sampleFrom, sampleFrom + 1, ...}.
     *
     * @param sampleFrom the first sample of the block
     * @param rowFrom the first row, counted along the flattened output
     * @param block {@code [samples, rows, *inputShape]}, in C order; valid during the call only (its memory is given back
     *     afterwards), so duplicate what you keep; may be modified
     * @return true to go on, false to stop
     */
    boolean accept(long sampleFrom, int rowFrom, INDArray block);
}
