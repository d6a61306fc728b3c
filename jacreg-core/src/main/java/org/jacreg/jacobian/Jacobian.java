package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.InputCheck;
import org.jacreg.jacobian.JacobianFeed.Batch;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Jacobian of a network's outputs with respect to its inputs, {@code J_nci = d z_nc / d x_ni}, of every sample.
 *
 * <p>Values are exact to rounding: they come from the rules of {@link org.jacreg.vjp.VjpRules}; at kinks the choices of {@code
 * org.jacreg.vjp} hold. Outputs are logits, or any other variable {@code [N, *outputShape]} with {@code C} numbers per sample;
 * inputs are placeholders, or variables that are computed in the graph (the Jacobian at an inner layer), with {@code D} numbers
 * per sample. Methods with one array {@code x} serve graphs with one input that depend on one placeholder, of which {@code x}
 * is the value; the others take values of all placeholders that the output depends on, by name. Batches have at least one
 * sample; float16, float32 and float64 are converted to the placeholders' types, and so are integers.
 *
 * <p>The user's graph is not modified; weights are read at every call, so the Jacobian of a graph in training is that of the
 * current weights. Weights that are NaN or infinite are refused. What is not finite otherwise (an overflow, a derivative at a
 * pole) stands in the result as NaN or infinity. Not safe for use by several threads at once.
 *
 * <pre>{@code
 * Jacobian j = Jacobian.of(sd);
 * INDArray full = j.compute(x);                                        // [N, C, *inputShape]
 * INDArray s = j.singularValues(x);                                    // [N, min(C, D)]
 * j.withMaxMemory(1L << 28).stream(x, (sample, row, block) -> { ...; return true; });
 * }</pre>
 */
public final class Jacobian {

    private final JacobianComputation computation;
    private final JacobianFeed feed;
    private final JacobianBuilder settings;
    private final SameDiff sd;
    private final JacobianShapes shapes;

    Jacobian(JacobianComputation computation, JacobianFeed feed, JacobianBuilder settings, SameDiff sd) {
        this.computation = computation;
        this.feed = feed;
        this.settings = JacobianBuilder.copyOf(settings, sd);
        this.sd = sd;
        this.shapes = computation.shapes();
    }

    /**
     * The Jacobian of a graph, with names, rules, shapes and mode inferred.
     *
     * @param sd the graph; not modified
     * @return the Jacobian
     * @throws IllegalArgumentException if names or shapes cannot be inferred; see {@link #builder}
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule
     */
    public static Jacobian of(SameDiff sd) {
        return builder(sd).build();
    }

    /**
     * Starts a Jacobian with some names given.
     *
     * @param sd the graph; not modified
     * @return a builder
     */
    public static JacobianBuilder builder(SameDiff sd) {
        return new JacobianBuilder(sd);
    }

    /**
     * The same Jacobian with another cap of memory.
     *
     * @param bytes as in {@link JacobianBuilder#maxMemory}
     * @return another Jacobian of the graph as it is now; this one stays as it is
     * @throws IllegalArgumentException as {@link JacobianBuilder#build} does
     */
    public Jacobian withMaxMemory(long bytes) {
        return JacobianBuilder.copyOf(settings, sd).maxMemory(bytes).build();
    }

    /**
     * Computes the full Jacobian.
     *
     * <p>Where many are computed, {@code close()} each when it is done with: the next one then reuses its memory, and need not wait for
     * the system to hand out pages, which can take longer than the computation.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return {@code [N, *outputShape, *inputShape]}, {@code [N, C, *inputShape]} for logits; a fresh array of the output's type
     * @throws IllegalArgumentException if {@code x} has another shape, or holds NaN or an infinity; if the graph depends on other
     *     placeholders too or has several inputs; if a weight is not finite; if the result has 2^31 entries or more, or does not
     *     fit into memory
     */
    public INDArray compute(INDArray x) {
        return computation.full(feed.single(x, "compute")).get(0);
    }

    /**
     * Computes the full Jacobians by every input.
     *
     * @param placeholders values by name: all placeholders that the output depends on; values of others are ignored. Not
     *     modified
     * @return {@code [N, *outputShape, *inputShape]} for every input by name, fresh arrays
     * @throws IllegalArgumentException if a placeholder is missing or unknown, has another shape or batch size, or holds NaN;
     *     if an input holds an infinity; otherwise as {@link #compute(INDArray)}
     */
    public Map<String, INDArray> compute(Map<String, INDArray> placeholders) {
        return computation.named(computation.full(feed.check(placeholders)));
    }

    /**
     * Computes the Jacobian block by block, without ever holding it. A consumer sees progress by the offsets, and ends the
     * computation by returning false; what it throws passes through.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param consumer is given every entry once, in blocks of any size that the cap allows; the order of blocks is not promised
     * @return true if all was computed, false if the consumer stopped it
     * @throws IllegalArgumentException as {@link #compute(INDArray)}, but for results of any size
     */
    public boolean stream(INDArray x, JacobianBlockConsumer consumer) {
        return computation.stream(feed.single(x, "stream"), consumer);
    }

    /**
     * Computes the Jacobian by one input block by block, where the graph has further placeholders.
     *
     * @param placeholders as in {@link #compute(Map)}; not modified
     * @param consumer as in {@link #stream(INDArray, JacobianBlockConsumer)}
     * @return true if all was computed, false if the consumer stopped it
     * @throws IllegalArgumentException as {@link #compute(Map)}, or if there are several inputs
     */
    public boolean stream(Map<String, INDArray> placeholders, JacobianBlockConsumer consumer) {
        if (shapes.inputs().size() > 1) {
            throw new IllegalArgumentException(
                    "blocks are those of one input, but there are " + shapes.inputs() + "; build a Jacobian for each");
        }
        return computation.stream(feed.check(placeholders), consumer);
    }

    /**
     * The vector-Jacobian product {@code J_n^T v_n} of every sample: one reverse sweep.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param v {@code [N, *outputShape]}; not modified
     * @return {@code [N, *inputShape]}, a fresh array of the input's type
     * @throws IllegalArgumentException if a shape is wrong, or a value is NaN or infinite
     */
    public INDArray vjp(INDArray x, INDArray v) {
        Batch batch = feed.single(x, "vjp");
        return computation.vjp(batch, cotangents(batch, v)).get(0);
    }

    /**
     * The vector-Jacobian products by every input.
     *
     * @param placeholders as in {@link #compute(Map)}; not modified
     * @param v {@code [N, *outputShape]}; not modified
     * @return {@code [N, *inputShape]} for every input by name, fresh arrays
     * @throws IllegalArgumentException if a shape is wrong, or a value is NaN or infinite
     */
    public Map<String, INDArray> vjp(Map<String, INDArray> placeholders, INDArray v) {
        Batch batch = feed.check(placeholders);
        return computation.named(computation.vjp(batch, cotangents(batch, v)));
    }

    /**
     * The Jacobian-vector product {@code J_n u_n} of every sample, the directional derivative along {@code u}. The first call
     * adds to the private graph: {@code v -> J^T v} is linear, and its own reverse sweep maps {@code u} to {@code J u}.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param u {@code [N, *inputShape]}; not modified
     * @return {@code [N, *outputShape]}, a fresh array of the output's type
     * @throws IllegalArgumentException if a shape is wrong, or a value is NaN or infinite
     */
    public INDArray jvp(INDArray x, INDArray u) {
        Batch batch = feed.single(x, "jvp");
        return computation.jvp(batch, List.of(tangents(batch, 0, u)));
    }

    /**
     * The Jacobian-vector product where all inputs move: {@code sum_i J_ni u_ni}.
     *
     * @param placeholders as in {@link #compute(Map)}; not modified
     * @param u {@code [N, *inputShape]} for every input by name; not modified
     * @return {@code [N, *outputShape]}, a fresh array
     * @throws IllegalArgumentException if a shape is wrong, a value is NaN or infinite, or an input has no tangent
     */
    public INDArray jvp(Map<String, INDArray> placeholders, Map<String, INDArray> u) {
        if (!u.keySet().equals(java.util.Set.copyOf(shapes.inputs()))) {
            throw new IllegalArgumentException(
                    "tangents for " + u.keySet() + "; expected one for each of " + shapes.inputs());
        }
        Batch batch = feed.check(placeholders);
        List<INDArray> tangents = new ArrayList<>();
        for (int input = 0; input < shapes.inputs().size(); input++) {
            tangents.add(tangents(
                    batch,
                    input,
                    java.util.Objects.requireNonNull(u.get(shapes.inputs().get(input)))));
        }
        return computation.jvp(batch, tangents);
    }

    /**
     * Norms of every sample's Jacobian. Jacobians are held for some samples at a time only, or not at all where one alone
     * exceeds the cap of memory.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return norms of each of the {@code N} samples
     * @throws IllegalArgumentException as {@link #compute(INDArray)}, but for Jacobians of any size
     */
    public JacobianNorms norms(INDArray x) {
        return computation.norms(feed.single(x, "norms"));
    }

    /**
     * Norms of every sample's Jacobian, that of all inputs side by side.
     *
     * @param placeholders as in {@link #compute(Map)}; not modified
     * @return norms of each of the {@code N} samples
     * @throws IllegalArgumentException as {@link #compute(Map)}, but for Jacobians of any size
     */
    public JacobianNorms norms(Map<String, INDArray> placeholders) {
        return computation.norms(feed.check(placeholders));
    }

    /**
     * The singular values of every sample's Jacobian, seen as a matrix {@code [C, D]}, descending.
     *
     * <p>Decomposed in float64 whatever the graph's type; small ones are right to about {@code 1e-14} times the largest. For float32
     * graphs, whose entries are good to {@code 1e-7} times it, to {@code 1e-11}. Where the smallest is far from the largest (a tenth in
     * float64, {@code 1e-4} in float32) nothing is squared, and all are right to about {@code 1e-15} times the largest.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return {@code [N, min(C, D)]} in float64, a fresh array; NaN for a sample whose Jacobian is not finite
     * @throws IllegalArgumentException as {@link #compute(INDArray)}, or if one sample's Jacobian does not fit under the cap
     */
    public INDArray singularValues(INDArray x) {
        return computation.singularValues(feed.single(x, "singularValues"));
    }

    /**
     * The singular values of every sample's Jacobian, that of all inputs side by side.
     *
     * @param placeholders as in {@link #compute(Map)}; not modified
     * @return {@code [N, min(C, D)]}, as {@link #singularValues(INDArray)}
     * @throws IllegalArgumentException as {@link #compute(Map)}, or if one sample's Jacobian does not fit under the cap
     */
    public INDArray singularValues(Map<String, INDArray> placeholders) {
        return computation.singularValues(feed.check(placeholders));
    }

    /**
     * The numerical rank of every sample's Jacobian.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param tolerance relative to the largest singular value, in {@code [0, 1)}; of the order of {@code 1e-12} for float64 and
     *     {@code 1e-5} for float32 graphs
     * @return how many singular values exceed {@code tolerance} times the largest; 0 for a Jacobian of zeros
     * @throws IllegalArgumentException as {@link #singularValues(INDArray)}, for a tolerance outside of its range, or if a
     *     Jacobian is not finite
     */
    public int[] rank(INDArray x, double tolerance) {
        if (!(tolerance >= 0 && tolerance < 1)) {
            throw new IllegalArgumentException("tolerance must be in [0, 1), got " + tolerance);
        }
        INDArray values = singularValues(x);
        int[] ranks = new int[(int) values.size(0)];
        for (int n = 0; n < ranks.length; n++) {
            double largest = values.getDouble(n, 0);
            if (Double.isNaN(largest)) {
                throw new IllegalArgumentException(
                        "the Jacobian of sample " + n + " holds NaN or infinite values and has no rank");
            }
            for (int k = 0; k < values.size(1); k++) {
                ranks[n] += values.getDouble(n, k) > tolerance * largest ? 1 : 0;
            }
        }
        return ranks;
    }

    /**
     * The condition number of every sample's Jacobian: the largest singular value over the smallest.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return {@code [N]} in float64, a fresh array: at least 1, infinite if the smallest singular value is 0, NaN for a sample
     *     whose Jacobian is not finite
     * @throws IllegalArgumentException as {@link #singularValues(INDArray)}
     */
    public INDArray condition(INDArray x) {
        INDArray values = singularValues(x);
        INDArray result = Nd4j.create(DataType.DOUBLE, values.size(0));
        for (long n = 0; n < values.size(0); n++) {
            double smallest = values.getDouble(n, values.size(1) - 1);
            result.putScalar(n, smallest == 0 ? Double.POSITIVE_INFINITY : values.getDouble(n, 0) / smallest);
        }
        return result;
    }

    /**
     * The number of classes.
     *
     * @return {@code C}, the number of outputs per sample
     */
    public int classes() {
        return shapes.rows();
    }

    /**
     * The shape of one sample's output.
     *
     * @return without the batch axis, a fresh array: {@code [C]} for logits
     */
    public long[] outputShape() {
        return shapes.output().clone();
    }

    /**
     * The inputs.
     *
     * @return their names, in the order of the columns
     */
    public List<String> inputs() {
        return shapes.inputs();
    }

    /**
     * The shape of one input.
     *
     * @return without the batch axis, a fresh array; that of the first where there are several
     */
    public long[] inputShape() {
        return shapes.input().get(0).clone();
    }

    /**
     * How entries are computed.
     *
     * @return the mode that was asked for, or chosen by {@link JacobianMode#AUTO}
     */
    public JacobianMode mode() {
        return computation.mode();
    }

    /**
     * The cap of memory.
     *
     * @return bytes, as in {@link JacobianBuilder#maxMemory}
     */
    public long maxMemory() {
        return computation.cap();
    }

    private INDArray cotangents(Batch batch, INDArray v) {
        return vectors("cotangent v", shapes.output(), batch, v);
    }

    private INDArray tangents(Batch batch, int input, INDArray u) {
        return vectors(
                "tangent u of '" + shapes.inputs().get(input) + "'",
                shapes.input().get(input),
                batch,
                u);
    }

    private static INDArray vectors(String name, long[] sample, Batch batch, INDArray given) {
        long[] wanted = JacobianSweep.prepend(sample, batch.size());
        if (!Arrays.equals(given.shape(), wanted)) {
            throw new IllegalArgumentException(
                    name + " has shape " + Arrays.toString(given.shape()) + "; expected " + Arrays.toString(wanted));
        }
        if (given.dataType().isFPType()) {
            InputCheck.finite(name, given);
        }
        return given;
    }
}
