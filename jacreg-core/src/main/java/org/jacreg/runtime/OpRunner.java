package org.jacreg.runtime;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs single ops of a graph on given arrays. */
interface OpRunner {

    /**
     * Runs an op with the attributes it has in its graph.
     *
     * @param use the op
     * @param inputs of the op's own shapes, types and orders; not modified
     * @param outputs written
     */
    void run(OpUse use, List<INDArray> inputs, List<INDArray> outputs);

    /** What runs them. */
    default String describe() {
        return getClass().getName();
    }

    /** The backend that ND4J has loaded. */
    static OpRunner ofBackend() {
        return new OfBackend();
    }

    /** As SameDiff's session does it: arrays and arguments in a context. */
    final class OfBackend implements OpRunner {

        @Override
        public void run(OpUse use, List<INDArray> inputs, List<INDArray> outputs) {
            try (ForeignCall call = new ForeignCall(use.op(), inputs)) {
                call.writeTo(outputs);
                call.run();
            } finally {
                use.op().clearArrays();
            }
        }

        @Override
        public String describe() {
            return NativeLibrary.describe();
        }
    }
}
