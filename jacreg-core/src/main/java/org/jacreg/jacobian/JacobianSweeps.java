package org.jacreg.jacobian;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.TensorSpec;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Emits the sweeps of a Jacobian into a private copy of the user's graph, each when it is first needed. */
final class JacobianSweeps {

    private final GraphCopy copy;
    private final JacobianGraph graph;
    private final VjpRules rules;
    private final JacobianShapes shapes;
    private final JacobianSweep product;
    private final Map<Integer, JacobianSweep> products = new HashMap<>();
    private final Map<Integer, Transpose> transposes = new HashMap<>();

    JacobianSweeps(GraphCopy copy, JacobianGraph graph, VjpRules rules) {
        this.copy = copy;
        this.graph = graph;
        this.rules = rules;
        this.shapes = JacobianShapes.of(graph);
        this.product = rows("product", 1);
    }

    JacobianShapes shapes() {
        return shapes;
    }

    JacobianGraph graph() {
        return graph;
    }

    GraphCopy copy() {
        return copy;
    }

    /** {@code v -> J^T v}, one cotangent per sample. */
    JacobianSweep vjp() {
        return product;
    }

    /** {@code v -> J^T v}, several cotangents per sample. */
    JacobianSweep rows(int stack) {
        return stack == 1 ? product : rows("rows", stack);
    }

    private JacobianSweep rows(String name, int stack) {
        try (NameScope ours = copy.graph().withNameScope(GraphDecoration.SCOPE)) {
            return JacobianSweep.emit(
                    copy, name, shapes.type(), shapes.output(), shapes.fixedBatch(), stack, null, (seed, v) -> {
                        List<JacobianRows> blocks = graph.products(seed, v, Map.of());
                        return blocks.stream().map(JacobianRows::values).toList();
                    });
        }
    }

    /** {@code u -> J_i u} for one input, one tangent per sample. */
    JacobianSweep jvp(int input) {
        return products.computeIfAbsent(input, i -> columns("tangent_" + i, i, 1));
    }

    /** {@code u -> J_i u} for one input, several tangents per sample where the reverse sweep's own nodes can be stacked. */
    JacobianSweep columns(int input, int stack) {
        boolean single =
                stack == 1 || (!isSeed(input) && !transpose(input).probe().stackable());
        return single ? jvp(input) : columns("columns_" + input, input, stack);
    }

    private JacobianSweep columns(String name, int input, int stack) {
        long[] shape = shapes.input().get(input);
        BiFunction<SDVariable, Integer, List<SDVariable>> map = isSeed(input)
                ? (seed, u) -> List.of(seed)
                : (seed, u) -> transpose(input).emit(seed, u, shape);
        try (NameScope ours = copy.graph().withNameScope(GraphDecoration.SCOPE)) {
            return JacobianSweep.emit(
                    copy, name, product.result(input).dataType(), shape, shapes.fixedBatch(), stack, product, map);
        }
    }

    /** The sweep of a shift hands its seed on. */
    private boolean isSeed(int input) {
        return product.result(input).name().equals(product.seed().name());
    }

    /** The transpose of {@code v -> J^T v}: its own reverse sweep. */
    private record Transpose(GraphProbe probe, ReverseWalk walk) {

        List<SDVariable> emit(SDVariable seed, int stack, long[] shape) {
            long rows = (long) stack * probe.sampleBatchSize();
            INDArray ones = Nd4j.ones(seed.dataType(), JacobianSweep.prepend(shape, rows));
            return walk.emit(seed, stack, Map.of(seed.name(), ones));
        }
    }

    private Transpose transpose(int input) {
        return transposes.computeIfAbsent(input, i -> {
            GraphModel model = GraphModel.between(
                    copy.graph(),
                    List.of(product.seed().name()),
                    product.result(i).name());
            GraphProbe probe = GraphProbe.run(model, null);
            return new Transpose(probe, ReverseWalk.of(model, probe, rules));
        });
    }

    /** Bytes of the forward values on the path, for one sample. */
    long forwardBytes() {
        GraphModel model = graph.model();
        GraphProbe probe = graph.probe();
        long samples = Math.max(1, probe.fixedBatch());
        return java.util.stream.Stream.concat(
                                model.inputs().stream(), model.path().stream().flatMap(op -> op.outputs().stream()))
                        .distinct()
                        .map(probe::spec)
                        .mapToLong(JacobianSweeps::bytesOfOneSample)
                        .sum()
                / samples;
    }

    private static long bytesOfOneSample(TensorSpec spec) {
        return spec.dims().stream().mapToLong(dim -> Math.max(1, dim)).reduce(1, Math::multiplyExact)
                * spec.dataType().width();
    }

    long bytesPerSeed(JacobianSweep sweep) {
        GraphProbe probe = graph.probe();
        return sweep.bytesPerSeed(probe.sampleBatch(), probe.sampleBatchSize());
    }
}
