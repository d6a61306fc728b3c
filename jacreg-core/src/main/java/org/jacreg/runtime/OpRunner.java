package org.jacreg.runtime;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

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
            try (OpContext context = Nd4j.getExecutioner().buildContext()) {
                if (use.op() instanceof CustomOp custom) {
                    context.setArgs(
                            inputs.toArray(INDArray[]::new),
                            custom.iArgs(),
                            custom.dArgs(),
                            custom.tArgs(),
                            custom.bArgs());
                    context.setOutputArrays(outputs.toArray(INDArray[]::new));
                    Nd4j.exec(custom, context);
                } else {
                    context.setInputArrays(inputs.toArray(INDArray[]::new));
                    context.setOutputArrays(outputs.toArray(INDArray[]::new));
                    Nd4j.exec((Op) use.op(), context);
                }
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("an op context cannot be closed", e);
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
