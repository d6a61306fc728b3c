package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jacreg.runtime.kernel.CpuBackend;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;

/**
 * Runs an op of ND4J on memory of the plan. Ops may rely on outputs that hold zeros, as fresh arrays do, so custom ops get them
 * zeroed; a shape that turns out to depend on values is refused before the op writes anywhere.
 */
final class ForeignStep implements Runnable, AutoCloseable {

    /** Entries up to which an op is not worth the threads that ND4J would give it. */
    private static final long SMALL = 1L << 15;

    private final ForeignOp op;
    private final ForeignCall call;
    private final List<INDArray> zeroed;
    private final boolean checksShapes;
    private final @Nullable CpuBackend alone;
    private final Runnable body = this::call;

    private ForeignStep(ForeignOp op, ForeignCall call, List<INDArray> zeroed, @Nullable CpuBackend alone) {
        this.op = op;
        this.call = call;
        this.zeroed = zeroed;
        this.alone = alone;
        this.checksShapes = op.inputs().stream()
                .anyMatch(value -> !value.isConstant() && !value.type().isFPType() && value.type() != DataType.BOOL);
    }

    static ForeignStep of(ForeignOp op, Storage storage, Machine machine) {
        List<INDArray> inputs = op.inputs().stream().map(storage::array).toList();
        List<INDArray> outputs = op.outputs().stream().map(storage::array).toList();
        ForeignCall call = new ForeignCall(op.op(), inputs);
        call.writeTo(outputs);
        List<INDArray> zeroed = new ArrayList<>();
        if (!(op.op() instanceof Op)) {
            outputs.stream().filter(array -> !array.isEmpty()).forEach(zeroed::add);
        }
        long entries = Stream.concat(op.inputs().stream(), op.outputs().stream())
                .mapToLong(Value::length)
                .sum();
        return new ForeignStep(
                op, call, zeroed, entries <= SMALL ? machine.kernels().orElse(null) : null);
    }

    @Override
    public void run() {
        if (alone == null) {
            call();
        } else {
            alone.onOneThread(body);
        }
    }

    private void call() {
        if (checksShapes) {
            requireSameShapes();
        }
        for (INDArray array : zeroed) {
            array.assign(0);
        }
        call.run();
    }

    private void requireSameShapes() {
        List<LongShapeDescriptor> now =
                call.outputShapes(op.outputs().stream().map(Value::type).toList());
        for (int i = 0; i < now.size(); i++) {
            if (!Arrays.equals(now.get(i).getShape(), op.outputs().get(i).shape())) {
                throw new UncompilableGraphException("the shape of '"
                        + op.outputs().get(i).name() + "' (" + op.opName()
                        + ") depends on values: it was "
                        + Arrays.toString(op.outputs().get(i).shape()) + " and is "
                        + Arrays.toString(now.get(i).getShape()) + "; run this graph through SameDiff's own session");
            }
        }
    }

    @Override
    public void close() {
        call.close();
    }
}
