package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.jacreg.runtime.kernel.GramProduct;
import org.jacreg.runtime.kernel.Kernel;
import org.jacreg.runtime.kernel.MatrixProduct;
import org.jacreg.runtime.kernel.MatrixShape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns instructions into what is run, with all addresses in place. */
final class StepFactory implements AutoCloseable {

    private final Storage storage;
    private final Machine machine;
    private final List<ForeignStep> foreign = new ArrayList<>();

    StepFactory(Storage storage, Machine machine) {
        this.storage = storage;
        this.machine = machine;
    }

    /** Nothing for what costs nothing. */
    Optional<Runnable> step(Instruction instruction) {
        if (instruction instanceof View) {
            return Optional.empty();
        } else if (instruction instanceof ForeignOp op) {
            ForeignStep step = ForeignStep.of(op, storage, machine);
            foreign.add(step);
            return Optional.of(step);
        } else if (instruction instanceof Copy copy) {
            INDArray from = storage.array(copy.input());
            INDArray to = storage.array(copy.output());
            return Optional.of(() -> to.assign(from));
        } else if (instruction instanceof Product product) {
            return Optional.of(product(product));
        } else if (instruction instanceof Pointwise pass) {
            return Optional.of(new PointwiseStep(pass, storage, machine.workers()));
        } else if (instruction instanceof Fold fold) {
            return Optional.of(new FoldStep(fold, storage, machine.workers()));
        }
        if (instruction instanceof Native other) {
            return Optional.of(NativeSteps.of(other, storage, machine));
        }
        throw new IllegalStateException("no step for " + instruction);
    }

    private Runnable product(Product product) {
        if (isGram(product)) {
            return gram(product)::run;
        }
        Value addend = product.addend();
        Value output = product.output();
        Kernel kernel = kernel(product, addend == null ? 0 : 1);
        if (addend == null || storage.share(addend, output)) {
            return kernel::run;
        }
        INDArray from = storage.array(addend);
        INDArray to = storage.array(output);
        return () -> {
            to.assign(from);
            kernel.run();
        };
    }

    private static boolean isGram(Product product) {
        return product.left() == product.right()
                && product.transposeLeft() != product.transposeRight()
                && product.addend() == null
                && product.output().type() == DataType.FLOAT;
    }

    private Kernel gram(Product product) {
        int size = Math.toIntExact(product.output().size(0));
        int inner = Math.toIntExact(product.inner());
        FloatPointer factor = Memory.pointer(storage.array(product.left()));
        FloatPointer output = Memory.pointer(storage.array(product.output()));
        return product.transposeLeft()
                ? GramProduct.ofColumns(machine.backend(), machine.workers(), inner, size, factor, output)
                : GramProduct.ofRows(machine.backend(), machine.workers(), size, inner, factor, output);
    }

    private Kernel kernel(Product product, int beta) {
        MatrixShape shape = MatrixShape.dense(
                Math.toIntExact(product.output().size(0)),
                Math.toIntExact(product.output().size(1)),
                Math.toIntExact(product.inner()),
                product.transposeLeft(),
                product.transposeRight());
        INDArray left = storage.array(product.left());
        INDArray right = storage.array(product.right());
        INDArray output = storage.array(product.output());
        if (product.output().type() == DataType.DOUBLE) {
            return MatrixProduct.of(
                    machine.backend(),
                    machine.workers(),
                    shape,
                    1.0,
                    Memory.doubles(left),
                    Memory.doubles(right),
                    beta,
                    Memory.doubles(output));
        }
        return MatrixProduct.of(
                machine.backend(),
                machine.workers(),
                shape,
                1f,
                Memory.pointer(left),
                Memory.pointer(right),
                beta,
                Memory.pointer(output));
    }

    @Override
    public void close() {
        foreign.forEach(ForeignStep::close);
    }
}
