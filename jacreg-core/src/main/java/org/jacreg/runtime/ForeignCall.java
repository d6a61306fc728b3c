package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.exception.ND4JIllegalStateException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An ND4J op with its arguments in place, to be run as often as wanted: what SameDiff's session does before every op, done once.
 *
 * <p>Not thread-safe. The op object is the graph's own and is only read, but for legacy reductions and scalar ops whose second
 * input SameDiff's session writes into the op, too.
 */
final class ForeignCall implements AutoCloseable {

    private final DifferentialFunction op;
    private final OpContext context;

    ForeignCall(DifferentialFunction op, List<INDArray> inputs) {
        this.op = op;
        this.context = Nd4j.getExecutioner().buildContext();
        if (op instanceof DynamicCustomOp custom) {
            context.setArgs(
                    inputs.toArray(INDArray[]::new), custom.iArgs(), custom.dArgs(), custom.tArgs(), custom.bArgs());
        } else if (op instanceof Op) {
            setLegacyInputs(inputs);
        } else {
            throw new UncompilableGraphException("op '" + op.getOwnName() + "' (" + op.opName() + ", "
                    + op.getClass().getName() + ") is of a kind that only SameDiff's session can run");
        }
    }

    private void setLegacyInputs(List<INDArray> inputs) {
        boolean axesAreAnInput =
                op instanceof ReduceOp reduce && reduce.getOpType() != Op.Type.REDUCE3 && inputs.size() == 2;
        if (axesAreAnInput) {
            INDArray axes = inputs.get(1);
            ((BaseReduceOp) op).setEmptyReduce(axes.isEmpty());
            if (axes.isEmpty()) {
                throw new UncompilableGraphException("op '" + op.getOwnName() + "' (" + op.opName()
                        + ") folds over an empty list of axes; leave the op out");
            }
            op.setDimensions(Shape.normalizeAxis(inputs.get(0).rank(), axes.toIntVector()));
        } else if (op instanceof ScalarOp scalar && inputs.size() == 2) {
            scalar.setScalar(inputs.get(1));
        }
        if (!inputs.isEmpty()) {
            context.setInputArray(0, inputs.get(0));
            if (inputs.size() == 2 && !axesAreAnInput) {
                context.setInputArray(1, inputs.get(1));
            }
        }
    }

    /** The shapes and types the op gives for these inputs; the types are those the graph declares. */
    List<LongShapeDescriptor> outputShapes(List<DataType> declared) {
        List<LongShapeDescriptor> shapes = op instanceof DynamicCustomOp custom
                ? custom.calculateOutputShape(context)
                : ((org.nd4j.linalg.api.ops.BaseOp) op).calculateOutputShape(context);
        if (shapes == null || shapes.size() != declared.size()) {
            throw new ND4JIllegalStateException("op '" + op.getOwnName() + "' (" + op.opName() + ") has "
                    + declared.size() + " outputs, but ND4J gives shapes for " + (shapes == null ? 0 : shapes.size()));
        }
        List<LongShapeDescriptor> typed = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            boolean same = op instanceof Op || shapes.get(i).dataType() == declared.get(i);
            typed.add(same ? shapes.get(i) : shapes.get(i).asDataType(declared.get(i)));
        }
        return typed;
    }

    void writeTo(List<INDArray> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            context.setOutputArray(i, outputs.get(i));
        }
    }

    void run() {
        if (op instanceof CustomOp custom) {
            Nd4j.getExecutioner().exec(custom, context);
        } else {
            Nd4j.getExecutioner().exec((Op) op, context);
        }
    }

    @Override
    public void close() {
        try {
            context.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot release the context of op '" + op.getOwnName() + "'", e);
        }
    }
}
