package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns instructions into what is run, with all addresses in place. */
final class StepFactory implements AutoCloseable {

    private final Storage storage;
    private final Parallel parallel;
    private final List<ForeignStep> foreign = new ArrayList<>();

    StepFactory(Storage storage, Parallel parallel) {
        this.storage = storage;
        this.parallel = parallel;
    }

    /** Nothing for what costs nothing. */
    Optional<Runnable> step(Instruction instruction) {
        if (instruction instanceof View) {
            return Optional.empty();
        } else if (instruction instanceof ForeignOp op) {
            ForeignStep step = ForeignStep.of(op, storage);
            foreign.add(step);
            return Optional.of(step);
        } else if (instruction instanceof Copy copy) {
            INDArray from = storage.array(copy.input());
            INDArray to = storage.array(copy.output());
            return Optional.of(() -> to.assign(from));
        } else if (instruction instanceof Product product) {
            return Optional.of(product(product));
        } else if (instruction instanceof Pointwise pass) {
            return Optional.of(new PointwiseStep(pass, storage, parallel));
        } else if (instruction instanceof Fold fold) {
            return Optional.of(new FoldStep(fold, storage, parallel));
        }
        throw new IllegalStateException("no step for " + instruction);
    }

    private Runnable product(Product product) {
        INDArray left = storage.array(product.left());
        INDArray right = storage.array(product.right());
        INDArray output = storage.array(product.output());
        Value addend = product.addend();
        return () -> {
            INDArray result = (product.transposeLeft() ? left.transpose() : left)
                    .mmul(product.transposeRight() ? right.transpose() : right);
            if (addend != null) {
                result.addi(storage.array(addend));
            }
            output.assign(result);
        };
    }

    @Override
    public void close() {
        foreign.forEach(ForeignStep::close);
    }
}
