package org.jacreg.bounds.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;

/** Reads the ops between input and logits as layers, or says everything that is in the way. */
final class GraphReader {

    private final GraphModel model;
    private final Set<String> data = new LinkedHashSet<>();
    private final List<String> obstacles = new ArrayList<>();

    GraphReader(GraphModel model) {
        this.model = model;
        data.addAll(model.inputs());
        model.path().forEach(op -> data.addAll(op.outputs()));
    }

    /** The layers, diagonal maps not yet folded. */
    List<Layer> layers() {
        findBranches();
        GraphProbe probe = GraphProbe.run(model, null);
        OpReader reader = new OpReader(probe, new GraphParameters(model, probe, data), data);
        List<Layer> layers = new ArrayList<>();
        for (GraphOp op : model.path()) {
            try {
                layers.addAll(reader.read(op));
            } catch (UnreadableOp e) {
                obstacles.add(describe(op) + ": " + e.getMessage());
            }
        }
        if (!obstacles.isEmpty()) {
            throw new UnlayeredGraphException(obstacles);
        }
        return layers;
    }

    private void findBranches() {
        if (model.inputs().size() > 1) {
            obstacles.add("the network has several inputs: " + model.inputs());
        }
        Map<String, List<String>> readers = new HashMap<>();
        for (GraphOp op : model.path()) {
            List<String> read = op.inputs().stream().filter(data::contains).toList();
            if (read.size() > 1) {
                obstacles.add(describe(op) + ": it joins " + read
                        + "; residual connections, gates and attention are no layers in a row");
            }
            new LinkedHashSet<>(read)
                    .forEach(name -> readers.computeIfAbsent(name, n -> new ArrayList<>())
                            .add(op.name()));
        }
        for (String name : data) {
            List<String> by = readers.getOrDefault(name, List.of());
            if (by.size() > 1) {
                obstacles.add("variable '" + name + "' is read by several ops: " + by);
            }
        }
    }

    private static String describe(GraphOp op) {
        return "op '" + op.name() + "' (" + op.opName() + ")";
    }
}
