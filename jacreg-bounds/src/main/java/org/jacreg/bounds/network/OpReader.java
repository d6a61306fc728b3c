package org.jacreg.bounds.network;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Reads one op of ND4J 1.0.0-M2.1 as a layer, as several, or as none where it leaves the numbers in their order. */
final class OpReader {

    private final GraphProbe probe;
    private final GraphParameters parameters;
    private final Set<String> data;

    OpReader(GraphProbe probe, GraphParameters parameters, Set<String> data) {
        this.probe = probe;
        this.parameters = parameters;
        this.data = data;
    }

    /** The layers that the op is; throws {@link UnreadableOp} with the reason why it is none. */
    List<Layer> read(GraphOp op) {
        String name = op.outputs().get(0);
        ActivationFunction activation = ActivationFunction.named(op.opName());
        if (activation != null) {
            return List.of(new Activation(name, activation, size(op)));
        }
        return switch (op.opName()) {
            case "relu" -> rectifier(op, ActivationFunction.of(ActivationFunction.Kind.RELU));
            case "relu6" -> rectifier(op, ActivationFunction.of(ActivationFunction.Kind.RELU6));
            case "leakyrelu" ->
                List.of(new Activation(
                        name, new ActivationFunction(ActivationFunction.Kind.LEAKY_RELU, scalar(op)), size(op)));
            case "elu" ->
                List.of(new Activation(
                        name,
                        new ActivationFunction(
                                ActivationFunction.Kind.ELU, custom(op).tArgs()[0]),
                        size(op)));
            case "matmul" -> List.of(matrixProduct(op));
            case "xw_plus_b" -> List.of(dense(op));
            case "relu_layer" ->
                List.of(dense(op), new Activation(name, ActivationFunction.of(ActivationFunction.Kind.RELU), size(op)));
            case "conv1d", "conv2d" -> List.of(windows(op).convolution());
            case "maxpool2d" -> List.of(windows(op).pooling(Pooling.Kind.MAXIMUM));
            case "avgpool2d" -> List.of(windows(op).meanPooling());
            case "reduce_mean" -> List.of(windows(op).mean());
            case "reshape", "expand_dims", "squeeze", "flatten_2d", "identity", "cast" -> moved(op);
            default -> List.of(diagonal(op));
        };
    }

    private WindowReader windows(GraphOp op) {
        requireData(op, 0);
        return new WindowReader(op, probe, parameters);
    }

    /** The inputs' order stays; in a reshape ND4J may read columns first. */
    private List<Layer> moved(GraphOp op) {
        String from = dataInput(op);
        String to = op.outputs().get(0);
        requireBatchFirst(from);
        requireBatchFirst(to);
        if (length(from) != length(to)) {
            throw new UnreadableOp("it turns samples of " + length(from) + " numbers into samples of " + length(to));
        }
        boolean columnsFirst = op.opName().equals("reshape")
                && custom(op).iArgs().length > 0
                && custom(op).iArgs()[0] == org.nd4j.linalg.api.ops.impl.shape.Reshape.F_ORDER;
        if (columnsFirst) {
            throw new UnreadableOp("it reshapes in column-major order; reshape in row-major order");
        }
        return List.of();
    }

    private List<Layer> rectifier(GraphOp op, ActivationFunction function) {
        if (op.function() instanceof ScalarOp scalar
                && scalar.scalar() != null
                && scalar.scalar().getDouble(0) != 0) {
            throw new UnreadableOp(
                    "its cutoff is " + scalar.scalar().getDouble(0) + ", where it jumps; no Lipschitz constant exists");
        }
        return List.of(new Activation(op.outputs().get(0), function, size(op)));
    }

    private Affine matrixProduct(GraphOp op) {
        requireData(op, 0);
        long[] flags = custom(op).iArgs();
        double[] factors = custom(op).tArgs();
        boolean transposedData = flags.length > 0 && flags[0] != 0;
        boolean transposedResult = flags.length > 2 && flags[2] != 0;
        boolean plain = (factors.length < 1 || factors[0] == 1) && (factors.length < 2 || factors[1] == 0);
        INDArray weights = matrix(op, op.inputs().get(1));
        if (transposedData || transposedResult || !plain) {
            throw new UnreadableOp("it transposes the samples or scales the product; write x W");
        }
        boolean transposed = flags.length > 1 && flags[1] != 0;
        double[][] rows = (transposed ? weights : weights.transpose()).toDoubleMatrix();
        return affine(op, rows, new double[rows.length], 0);
    }

    private Affine dense(GraphOp op) {
        requireData(op, 0);
        if (op.function() instanceof DynamicCustomOp custom
                && Arrays.stream(custom.iArgs()).anyMatch(flag -> flag != 0)) {
            throw new UnreadableOp("it transposes an operand; write x W + b");
        }
        double[][] rows = matrix(op, op.inputs().get(1)).transpose().toDoubleMatrix();
        return affine(op, rows, parameters.numbers(op.inputs().get(2)), rows.length);
    }

    private Affine affine(GraphOp op, double[][] rows, double[] bias, long biasCount) {
        if (bias.length != rows.length || rows[0].length != length(op.inputs().get(0))) {
            throw new UnreadableOp("its weights or bias do not fit samples of "
                    + length(op.inputs().get(0)) + " numbers");
        }
        return new Affine(op.outputs().get(0), rows, bias, biasCount);
    }

    private INDArray matrix(GraphOp op, String name) {
        if (probe.spec(op.inputs().get(0)).rank() != 2 || probe.spec(name).rank() != 2) {
            throw new UnreadableOp("samples of rank "
                    + (probe.spec(op.inputs().get(0)).rank() - 1)
                    + " are multiplied by an array of rank " + probe.spec(name).rank()
                    + "; only x W with one vector x for every sample is a layer here");
        }
        return parameters.value(name);
    }

    /** Arithmetic of samples and constants, entry by entry. */
    private Scaling diagonal(GraphOp op) {
        String input = dataInput(op);
        long[] shape = probe.sampleShape(input);
        requireBatchFirst(op.outputs().get(0));
        if (!Arrays.equals(shape, probe.sampleShape(op.outputs().get(0)))) {
            throw new UnreadableOp("no layer of this kind is known");
        }
        return new DiagonalReader(op, op.inputs().indexOf(input), shape, parameters).scaling();
    }

    private String dataInput(GraphOp op) {
        return op.inputs().stream().filter(data::contains).findFirst().orElseThrow();
    }

    private void requireData(GraphOp op, int index) {
        if (!data.contains(op.inputs().get(index))) {
            throw new UnreadableOp("samples are not its operand " + index + ", where a layer has them");
        }
        requireBatchFirst(op.inputs().get(index));
        requireBatchFirst(op.outputs().get(0));
    }

    private void requireBatchFirst(String variable) {
        int axis = probe.spec(variable).batchAxis();
        boolean first = axis == 0 || (axis < 0 && probe.fixedBatch() >= 0);
        if (!first) {
            throw new UnreadableOp(
                    "'" + variable + "' of shape " + probe.spec(variable).dims()
                            + " (-1 stands for the batch) does not have the batch as its first axis");
        }
    }

    private int size(GraphOp op) {
        requireBatchFirst(op.outputs().get(0));
        return Math.toIntExact(length(op.outputs().get(0)));
    }

    private long length(String variable) {
        return Arrays.stream(probe.sampleShape(variable)).reduce(1, Math::multiplyExact);
    }

    static DynamicCustomOp custom(GraphOp op) {
        if (op.function() instanceof DynamicCustomOp custom) {
            return custom;
        }
        throw new UnreadableOp(
                "it is of an unknown form, " + op.function().getClass().getSimpleName());
    }

    static double scalar(GraphOp op) {
        if (op.function() instanceof ScalarOp scalar) {
            return scalar.scalar().getDouble(0);
        }
        throw new UnreadableOp(
                "it is of an unknown form, " + op.function().getClass().getSimpleName());
    }
}
