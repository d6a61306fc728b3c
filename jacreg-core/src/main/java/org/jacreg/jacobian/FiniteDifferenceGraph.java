package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.SubgraphCopy;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Emits differences of a network's outputs along random directions, by which {@code ||J||_F^2} is estimated without any
 * derivative rule.
 *
 * <p>With {@code u} uniform on the unit sphere of {@code R^D}, {@code E[u u^T] = I/D}, so {@code D ||J u||_2^2} is unbiased for
 * {@code ||J||_F^2}; the difference in the place of {@code J u} adds a bias of order {@code h^2}. The variance of one
 * direction is, with {@code B = J^T J}, {@code (2D tr(B^2) - 2 tr(B)^2) / (D + 2)} up to the same order. For one number per
 * sample, such as a loss, {@code J} is the gradient.
 *
 * <p>The network is evaluated at the moved points by copies of its ops within the graph, which share its weights. The copies are
 * forward ops, so SameDiff itself differentiates the differences by the weights: every op that ND4J can train will do. Source:
 * Finlay and Oberman, arXiv 1905.11468, for the gradient of the loss.
 */
public final class FiniteDifferenceGraph {

    private final GraphModel model;
    private final GraphProbe probe;
    private final SubgraphCopy copy;

    private FiniteDifferenceGraph(GraphModel model, GraphProbe probe, SubgraphCopy copy) {
        this.model = model;
        this.probe = probe;
        this.copy = copy;
    }

    /**
     * Checks that the graph can be evaluated at several points. Adds nothing.
     *
     * @param model the graph; not modified
     * @param inputShape shape of one sample, or null to take it from the placeholder
     * @return an emitter for this graph
     * @throws IllegalArgumentException if shapes are unknown, samples are coupled, or ops on the path cannot be copied (control
     *     flow, random ops, ops that ND4J copies wrongly)
     */
    public static FiniteDifferenceGraph of(GraphModel model, long @Nullable [] inputShape) {
        SubgraphCopy copy = SubgraphCopy.of(model);
        GraphProbe probe = GraphProbe.run(model, inputShape);
        copy.verify(probe);
        return new FiniteDifferenceGraph(model, probe, copy);
    }

    /**
     * The measured shapes.
     *
     * @return the probe of the model
     */
    public GraphProbe probe() {
        return probe;
    }

    /**
     * The output that is differentiated.
     *
     * @return the model's own variable, {@code [N, *outputShape]}
     */
    public SDVariable output() {
        return model.sameDiff().getVariable(model.logits());
    }

    /**
     * {@code D}, the numbers per sample in all inputs together.
     *
     * @return at least 1
     */
    public int inputSize() {
        return Math.toIntExact(model.inputs().stream().mapToLong(this::sizeOf).sum());
    }

    /**
     * Emits differences along directions that are drawn afresh every time the graph runs, from ND4J's global generator. Where
     * the model has several inputs, a direction is one of all of them together. In large batches (of more than {@code 65536 /
     * D} samples, at most 1024) samples share the magnitudes of the numbers drawn, each with signs of its own.
     *
     * @param setting scheme, step and number of directions
     * @return for each direction {@code sqrt(D) (f(x + h u) - f(x - h u)) / 2h}, {@code [N, *outputShape]}, whose squared norm
     *     per sample is the estimate
     * @throws IllegalArgumentException if ND4J fails to copy an op
     */
    public List<SDVariable> differences(FiniteDifference setting) {
        SameDiff sd = model.sameDiff();
        SDVariable first = sd.getVariable(model.input());
        SDVariable likeAllInputs = model.inputs().size() == 1 ? first : allInputs();
        SDVariable drawn =
                new RandomDirections(likeAllInputs, inputSize()).emit(setting.directions(), Directions.UNIT_SPHERE);
        List<SDVariable> result = new ArrayList<>();
        for (int v = 0; v < setting.directions(); v++) {
            result.add(along(sd.gather(drawn, new int[] {v}, 0), setting));
        }
        return result;
    }

    /**
     * Emits the difference along one given direction per sample.
     *
     * @param direction {@code [N, D]}, of any length, in the type of the inputs; flattened in the inputs' order
     * @param setting scheme and step; the number of directions is not used
     * @return with direction {@code w} and {@code s = h / sqrt(D)}: {@code (f(x + s w) - f(x - s w)) / 2s}, {@code [N,
     *     *outputShape]}, an approximation of {@code J w}
     * @throws IllegalArgumentException if ND4J fails to copy an op
     */
    public SDVariable along(SDVariable direction, FiniteDifference setting) {
        double step = setting.stepFor(output().dataType(), inputSize()) / Math.sqrt(inputSize());
        boolean central = setting.scheme() == FiniteDifference.Scheme.CENTRAL;
        SDVariable up = copy.emit(moved(direction, step));
        SDVariable down = central ? copy.emit(moved(direction, -step)) : output();
        return up.sub(down).mul(1 / (central ? 2 * step : step));
    }

    private Map<String, SDVariable> moved(SDVariable direction, double step) {
        SameDiff sd = model.sameDiff();
        SDVariable flat = sd.reshape(direction, -1, inputSize()).mul(step);
        Map<String, SDVariable> result = new HashMap<>();
        long from = 0;
        for (String input : model.inputs()) {
            long to = from + sizeOf(input);
            long[] shape = LongStream.concat(LongStream.of(-1), Arrays.stream(probe.sampleShape(input)))
                    .toArray();
            SDVariable part = model.inputs().size() == 1 ? flat : sd.gather(flat, range(from, to), 1);
            SDVariable variable = sd.getVariable(input);
            result.put(input, variable.add(sd.reshape(part, shape).castTo(variable.dataType())));
            from = to;
        }
        return result;
    }

    private static int[] range(long from, long to) {
        return LongStream.range(from, to).mapToInt(Math::toIntExact).toArray();
    }

    private SDVariable allInputs() {
        SameDiff sd = model.sameDiff();
        SDVariable[] flat = model.inputs().stream()
                .map(input -> sd.reshape(sd.getVariable(input), -1, sizeOf(input)))
                .toArray(SDVariable[]::new);
        return sd.concat(1, flat);
    }

    private long sizeOf(String input) {
        return Arrays.stream(probe.sampleShape(input)).reduce(1, Math::multiplyExact);
    }
}
