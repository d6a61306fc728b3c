package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.bounds.network.OpLayers;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.nd4j.linalg.api.buffer.DataType;

/** Reads the ops between input and logits, or says everything that is in the way. */
final class BoundGraphReader {

    /** Between sample-dependent values these join, between one and parameters they are layers. */
    private static final Set<String> ARITHMETIC = Set.of("add", "subtract");

    private final GraphModel model;
    private final OpReaders readers;
    private final List<String> obstacles = new ArrayList<>();
    private final Map<String, Integer> nodes = new HashMap<>();
    private final Map<String, Integer> reads = new HashMap<>();
    private Arithmetic arithmetic = Arithmetic.FLOAT64;

    BoundGraphReader(GraphModel model, OpReaders readers) {
        this.model = model;
        this.readers = readers;
    }

    BoundGraph read() {
        if (model.inputs().size() > 1) {
            throw new UnboundableGraphException(List.of("the network has several inputs: " + model.inputs()));
        }
        GraphProbe probe = GraphProbe.run(model, null);
        OpLayers layers = new OpLayers(model, probe);
        BoundGraphBuilder builder = new BoundGraphBuilder(model.input(), length(probe.inputShape()));
        nodes.put(model.input(), 0);
        noteType(probe, model.input());
        reads.merge(model.logits(), 1, Integer::sum);
        model.path().forEach(op -> layers.dataInputs(op).forEach(name -> reads.merge(name, 1, Integer::sum)));
        for (GraphOp op : model.path()) {
            try {
                readOp(op, probe, layers, builder);
            } catch (Obstacle | IllegalArgumentException e) {
                obstacles.add("op '" + op.name() + "' (" + op.opName() + "): " + e.getMessage());
                // what comes after it is still looked at
                op.outputs()
                        .forEach(output ->
                                nodes.put(output, builder.put(new InputNode(output, sizeOf(probe, output)))));
            }
        }
        if (!obstacles.isEmpty()) {
            throw new UnboundableGraphException(obstacles);
        }
        return builder.build(nodes.getOrDefault(model.logits(), -1), arithmetic);
    }

    private void readOp(GraphOp op, GraphProbe probe, OpLayers layers, BoundGraphBuilder builder) {
        if (op.outputs().size() != 1 && !readers.splits(op.opName())) {
            throw new Obstacle("no rule is known for it: it has " + op.outputs().size() + " outputs");
        }
        op.outputs().forEach(output -> noteType(probe, output));
        List<String> data = layers.dataInputs(op);
        boolean soleReader = data.size() == 1 && reads.getOrDefault(data.get(0), 0) == 1;
        OpContext context = new OpContext(op, model, probe, layers, nodes, builder, soleReader);
        int[] found = found(context, data);
        for (int o = 0; o < found.length; o++) {
            String output = op.outputs().get(o);
            int size = Math.multiplyExact(RowOps.rows(context, output), sizeOf(probe, output));
            if (builder.size(found[o]) != size) {
                throw new Obstacle(
                        "it was read as giving " + builder.size(found[o]) + " numbers for a sample, but gives " + size);
            }
            nodes.put(output, found[o]);
        }
    }

    private int[] found(OpContext context, List<String> data) {
        String name = context.op().opName();
        if (RowOps.apply(context)) {
            return new int[] {RowOps.read(context)};
        }
        if (readers.splits(name)) {
            return ExecutedOps.moved(context);
        }
        boolean arithmeticOfParameters = data.size() == 1 && ARITHMETIC.contains(name);
        return new int[] {
            arithmeticOfParameters
                    ? LayerOps.read(context)
                    : readers.find(name).orElse(LayerOps::read).read(context)
        };
    }

    private void noteType(GraphProbe probe, String variable) {
        DataType type = probe.spec(variable).dataType();
        if (type == DataType.FLOAT) {
            arithmetic = Arithmetic.FLOAT32;
        } else if (type != DataType.DOUBLE) {
            obstacles.add("variable '" + variable + "' is of type " + type
                    + "; its rounding is not analysed, wanted FLOAT or DOUBLE");
        }
    }

    private static int sizeOf(GraphProbe probe, String variable) {
        return length(probe.sampleShape(variable));
    }

    private static int length(long[] shape) {
        long length = 1;
        for (long size : shape) {
            length = Math.multiplyExact(length, size);
        }
        return Math.toIntExact(length);
    }
}
