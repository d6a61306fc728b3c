package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jacreg.graph.GraphProbe;
import org.jacreg.training.LossReplacement;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.VjpContext;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lower bounds of the margins by backward linear relaxation from interval bounds (CROWN-IBP).
 *
 * <p>Coefficients {@code A} of the margins go backwards through affine ops by the adjoints of these, as cotangents do. Through a rectifier
 * with arguments in [l, u], positive ones follow the line {@code alpha a} below it, alpha = 1 if u > -l and otherwise 0, negative ones
 * {@code s (a - min(l, 0))} above it, {@code s = max(u, 0) / (max(u, 0) + max(-l, 0))}. What a line misses at the sample's own argument
 * is lost. So with x the sample, c and r centre and radius of its box, the bound is
 *
 * <pre>margin(x) - sum of losses + A (c - x) - |A| r</pre>
 *
 * <p>and no bias occurs in it. Gradients run through everything but alpha, which is constant but for jumps.
 */
final class RelaxedMargins {

    static final String SEED = LossReplacement.SCOPE + "/margin_coefficients";

    private static final Set<String> AFFINE = Set.of(
            "matmul",
            "xw_plus_b",
            "conv1d",
            "conv2d",
            "avgpool2d",
            "reduce_mean",
            "reshape",
            "expand_dims",
            "squeeze",
            "flatten_2d",
            "permute",
            "transpose",
            "identity",
            "cast",
            "add",
            "subtract",
            "reversesubtract",
            "concat",
            "biasadd",
            "neg",
            "add_scalar",
            "sub_scalar",
            "rsub_scalar",
            "mul_scalar",
            "div_scalar",
            "multiply",
            "divide",
            "realdiv");

    private final BoundedNetwork network;
    private final SameDiff sd;
    private final Map<String, Interval> bounds;
    private final int classes;
    private final List<SDVariable> losses = new ArrayList<>();

    private RelaxedMargins(BoundedNetwork network, Map<String, Interval> bounds) {
        this.network = network;
        this.sd = network.graph();
        this.bounds = bounds;
        this.classes = network.classes();
    }

    /** What is in the way of this bound beside what is in the way of intervals. */
    static List<String> obstacles(BoundedNetwork network) {
        List<String> obstacles = new ArrayList<>();
        for (OpSite site : network.sites()) {
            String name = site.op().opName();
            boolean leaky = name.equals("leakyrelu") && site.scalar() >= 0 && site.scalar() <= 1;
            if (!AFFINE.contains(name) && !name.equals("relu") && !leaky) {
                obstacles.add(
                        site.describe() + ": no linear relaxation to train is known for it; ReLU, leaky ReLU with a"
                                + " slope in [0, 1] and affine ops have one");
            }
        }
        if (!network.probe().stackable()) {
            obstacles.add("the batch size is fixed, or the batch is not the first axis of every variable");
        }
        return obstacles;
    }

    /**
     * Adds them.
     *
     * @param box the input's box around the samples
     * @param nominal the margins at the samples themselves, {@code [N, C]}
     * @return {@code [N, C]}, 0 for the class itself
     */
    static SDVariable emit(
            BoundedNetwork network,
            Map<String, Interval> bounds,
            Interval box,
            SDVariable nominal,
            Map<String, INDArray> fed) {
        return new RelaxedMargins(network, bounds).emit(box, nominal, fed);
    }

    private SDVariable emit(Interval box, SDVariable nominal, Map<String, INDArray> fed) {
        VjpRules rules = VjpRules.standard()
                .with("relu", 0, (context, a) -> relaxed(context, a, 0))
                .with("leakyrelu", 0, (context, a) -> relaxed(context, a, slopeOf(context)));
        GraphProbe probe = network.probe();
        DataType type = sd.getVariable(network.model().logits()).dataType();
        SDVariable seed = sd.placeHolder(SEED, type, -1, classes);
        Map<String, INDArray> all = new HashMap<>(fed);
        all.put(SEED, Nd4j.zeros(type, (long) classes * probe.sampleBatchSize(), classes));
        SDVariable coefficients = ReverseWalk.of(network.model(), probe, rules)
                .emit(seed, classes, all)
                .get(0);
        SDVariable bound = atInput(coefficients, box);
        for (SDVariable loss : losses) {
            bound = bound.sub(loss.castTo(bound.dataType()));
        }
        return nominal.add(sd.permute(bound, 1, 0).castTo(type));
    }

    private static double slopeOf(VjpContext context) {
        return ((org.nd4j.linalg.api.ops.ScalarOp) context.function()).scalar().getDouble(0);
    }

    /** Lines in the place of {@code slope a + (1 - slope) relu(a)}. */
    private SDVariable relaxed(VjpContext context, SDVariable coefficients, double slope) {
        SDVariable argument = context.input(0);
        Interval interval = Objects.requireNonNull(bounds.get(argument.name()));
        DataType type = argument.dataType();
        SDVariable high = sd.nn().relu(interval.upper(), 0);
        SDVariable low = sd.nn().relu(interval.lower().neg(), 0);
        SDVariable width = high.add(low);
        SDVariable empty = sd.lte(width, 0).castTo(type);
        SDVariable chord = high.mul(sd.math().reciprocal(width.add(empty)));
        SDVariable below = sd.gt(high, low).castTo(type);
        SDVariable value = slope == 0 ? context.output() : sd.nn().relu(argument, 0);
        SDVariable missedBelow = value.sub(below.mul(argument));
        SDVariable missedAbove = chord.mul(argument.add(low)).sub(value);

        SDVariable rising = sd.nn().relu(coefficients, 0);
        SDVariable lost =
                context.scale(rising, missedBelow.add(missedAbove)).sub(context.scale(coefficients, missedAbove));
        losses.add(sum(lost, context.outputSpec().toArray()).mul(1 - slope));
        SDVariable through = context.scale(rising, below.sub(chord)).add(context.scale(coefficients, chord));
        return slope == 0 ? through : through.mul(1 - slope).add(coefficients.mul(slope));
    }

    /** {@code min A (x' - x)} over the box. */
    private SDVariable atInput(SDVariable coefficients, Interval box) {
        long[] shape = network.probe().spec(network.model().input()).toArray();
        SDVariable offset = box.centre().sub(sd.getVariable(network.model().input()));
        SDVariable rows = stacked(coefficients, shape);
        SDVariable moved = rows.mul(flat(offset, shape)).sub(sd.math().abs(rows).mul(flat(box.radius(), shape)));
        return sd.sum(moved, 2);
    }

    private SDVariable sum(SDVariable stacked, long[] shape) {
        return sd.sum(stacked(stacked, shape), 2);
    }

    /** {@code [C*N, ...]} as {@code [C, N, D]}. */
    private SDVariable stacked(SDVariable values, long[] shape) {
        return sd.reshape(values, classes, -1, features(shape));
    }

    private SDVariable flat(SDVariable values, long[] shape) {
        return sd.reshape(values, -1, features(shape));
    }

    private static long features(long[] shape) {
        long features = 1;
        for (int axis = 1; axis < shape.length; axis++) {
            features = Math.multiplyExact(features, shape[axis]);
        }
        return features;
    }

    /** Coefficients {@code e_y - e_j} of the margins, class by class: {@code [C*N, C]}. */
    static INDArray seed(int[] labels, int classes, DataType type) {
        double[][] rows = new double[classes * labels.length][classes];
        for (int j = 0; j < classes; j++) {
            for (int n = 0; n < labels.length; n++) {
                rows[j * labels.length + n][labels[n]] += 1;
                rows[j * labels.length + n][j] -= 1;
            }
        }
        return Nd4j.createFromArray(rows).castTo(type);
    }
}
