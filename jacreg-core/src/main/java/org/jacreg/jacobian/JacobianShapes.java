package org.jacreg.jacobian;

import java.util.List;
import java.util.stream.LongStream;
import org.jacreg.graph.GraphProbe;
import org.nd4j.linalg.api.buffer.DataType;

/** Sizes of a Jacobian. Arrays that it hands out are its own, not to be modified. */
final class JacobianShapes {

    private final DataType type;
    private final long[] output;
    private final List<String> inputs;
    private final List<long[]> input;
    private final long fixedBatch;

    private JacobianShapes(DataType type, long[] output, List<String> inputs, List<long[]> input, long fixedBatch) {
        this.type = type;
        this.output = output;
        this.inputs = inputs;
        this.input = input;
        this.fixedBatch = fixedBatch;
    }

    /** Type of the entries: that of the logits. */
    DataType type() {
        return type;
    }

    /** Shape of one sample's output. */
    long[] output() {
        return output;
    }

    /** Names of the inputs. */
    List<String> inputs() {
        return inputs;
    }

    /** Shapes of one sample of every input. */
    List<long[]> input() {
        return input;
    }

    /** The batch size that the graph demands, or -1. */
    long fixedBatch() {
        return fixedBatch;
    }

    static JacobianShapes of(JacobianGraph graph) {
        GraphProbe probe = graph.probe();
        List<String> names = graph.model().inputs();
        return new JacobianShapes(
                graph.logits().dataType(),
                probe.outputShape(),
                names,
                names.stream().map(probe::sampleShape).toList(),
                probe.fixedBatch());
    }

    /** Outputs per sample, {@code C}. */
    int rows() {
        return (int) product(output);
    }

    /** Numbers in one sample of an input, {@code D_i}. */
    long columns(int index) {
        return product(input.get(index));
    }

    /** Numbers in one sample of all inputs, {@code D}. */
    long columns() {
        return input.stream().mapToLong(JacobianShapes::product).sum();
    }

    /** Where the columns of every input start when inputs stand side by side. */
    long[] firstColumns() {
        long[] first = new long[inputs.size()];
        for (int index = 1; index < first.length; index++) {
            first[index] = first[index - 1] + columns(index - 1);
        }
        return first;
    }

    /** Bytes of the Jacobian of one sample. */
    long bytesPerSample() {
        return Math.multiplyExact(Math.multiplyExact(columns(), rows()), type.width());
    }

    /** {@code [n, *outputShape, *inputShape]}. */
    long[] full(long n, int index) {
        return JacobianSweep.prepend(input.get(index), JacobianSweep.prepend(output, n));
    }

    static long product(long[] shape) {
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }
}
