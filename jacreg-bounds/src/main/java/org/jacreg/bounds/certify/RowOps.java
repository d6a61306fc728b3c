package org.jacreg.bounds.certify;

import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.OpReading;
import org.jacreg.bounds.network.Scaling;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.shape.Reshape;

/**
 * Reads ops on values that hold several rows for every sample along their first axis, as when sequences {@code [N, T, d]} are reshaped to
 * {@code [N T, d]}, multiplied by a matrix, and reshaped back: every row goes through the same layers.
 */
final class RowOps {

    private RowOps() {}

    /** How many entries of a variable's first axis belong to one sample. */
    static int rows(OpContext context, String variable) {
        if (context.probe().spec(variable).batchAxis() != 0) {
            return 1;
        }
        long size = context.probe().sizeInSampleBatch(variable, 0);
        return Math.toIntExact(size / context.probe().sampleBatchSize());
    }

    /** Whether some value that the op reads or gives holds several rows for a sample. */
    static boolean apply(OpContext context) {
        return context.op().outputs().stream().anyMatch(output -> rows(context, output) > 1)
                || context.dataInputs().stream().anyMatch(input -> rows(context, input) > 1);
    }

    static int read(OpContext context) {
        List<String> data = context.dataInputs();
        int rows = rows(context, context.name());
        if (data.size() == 1 && context.op().opName().equals("reshape")) {
            return reshaped(context, data.get(0));
        }
        for (String input : data) {
            if (rows(context, input) != rows) {
                throw new Obstacle("it changes the number of rows for a sample, which only a reshape may do");
            }
        }
        if (ProductOps.numberByNumber(context)) {
            return ProductOps.ofRows(context);
        }
        if (data.size() == 1 && NormalizingOps.reads(context)) {
            return NormalizingOps.ofRows(context);
        }
        if (data.size() == 1) {
            return layers(context, data.get(0), rows);
        }
        boolean sum =
                context.op().opName().equals("add") || context.op().opName().equals("mergeadd");
        if (data.size() == 2 && (sum || context.op().opName().equals("subtract"))) {
            int[] nodes = data.stream().mapToInt(context::node).toArray();
            return context.builder().sum(context.name(), nodes[0], nodes[1], sum ? 1 : -1);
        }
        throw new Obstacle("no rule is known for it with several rows for a sample");
    }

    /** In row-major order, with samples first before and after, the numbers of a sample stay together. */
    private static int reshaped(OpContext context, String input) {
        int from = context.probe().spec(input).batchAxis();
        int to = context.probe().spec(context.name()).batchAxis();
        boolean columnsFirst = context.op().function() instanceof DynamicCustomOp op
                && op.iArgs().length > 0
                && op.iArgs()[0] == Reshape.F_ORDER;
        if (from != 0 || to != 0 || columnsFirst) {
            throw new Obstacle("it does not keep the numbers of a sample together");
        }
        return context.node(input);
    }

    private static int layers(OpContext context, String input, int rows) {
        OpReading reading = context.layers().read(context.op());
        if (!reading.readable()) {
            throw new Obstacle(reading.obstacle());
        }
        int node = context.node(input);
        for (Layer layer : reading.layers()) {
            node = put(context, node, layer, rows);
        }
        return node;
    }

    private static int put(OpContext context, int from, Layer layer, int rows) {
        BoundGraphBuilder builder = context.builder();
        if (layer instanceof Activation activation) {
            return builder.put(new ActivationNode(activation.name(), builder.size(from), from, activation.function()));
        }
        if (layer instanceof Scaling scaling && !context.op().opName().equals("batchnorm")) {
            return builder.linear(
                    scaling.name(),
                    from,
                    new DiagonalMap(repeated(scaling.scale(), rows)),
                    repeated(scaling.bias(), rows));
        }
        if (layer instanceof Affine affine) {
            SparseMap.Builder map = new SparseMap.Builder(rows * affine.outputs(), rows * affine.inputs());
            for (int i = 0; i < affine.outputs(); i++) {
                double[] row = affine.row(i);
                for (int t = 0; t < rows; t++) {
                    for (int j = 0; j < row.length; j++) {
                        map.add(t * affine.outputs() + i, t * affine.inputs() + j, row[j]);
                    }
                }
            }
            return builder.linear(affine.name(), from, map.build(), repeated(affine.bias(), rows));
        }
        throw new Obstacle("no rule is known for it with several rows for a sample");
    }

    private static double[] repeated(double[] values, int times) {
        double[] result = new double[values.length * times];
        Arrays.setAll(result, i -> values[i % values.length]);
        return result;
    }
}
