package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.InputCheck;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The Jacobian of a network's logits with respect to its input, {@code J_nci = d z_nc / d x_ni}, of every sample.
 *
 * <p>Values are exact to rounding: every row is a reverse sweep by the rules of {@link org.jacreg.vjp.VjpRules}; at kinks the
 * choices of {@code org.jacreg.vjp} hold. The user's graph is not modified; weights are read at every call, so the Jacobian
 * of a graph in training is that of the current weights. Not safe for use by several threads at once.
 */
public final class Jacobian {

    /** Rows of J are computed for so many samples at a time that J holds about this many numbers. */
    static final long CHUNK_ELEMENTS = 1L << 24;

    private final GraphCopy copy;
    private final String input;
    private final DataType inputType;
    private final DataType type;
    private final int classes;
    private final long[] inputShape;
    private final long fixedBatch;
    private final long chunkElements;
    private final List<String> rows;
    private final List<String> squaredSums;
    private final List<String> absoluteSums;
    private final String cotangent;
    private final String product;

    Jacobian(JacobianBuilder.Parts parts) {
        this.copy = parts.copy();
        this.input = parts.model().input();
        JacobianGraph emitter = parts.emitter();
        SameDiff sd = copy.graph();
        // SameDiff of ND4J 1.0.0-M2.1 closes arrays that it has to cast itself; they are the caller's.
        this.inputType = sd.getVariable(input).dataType();
        this.type = emitter.logits().dataType();
        this.classes = emitter.probe().classes();
        this.inputShape = emitter.probe().inputShape();
        this.fixedBatch =
                emitter.probe().spec(input).batched() ? -1 : emitter.probe().sampleBatchSize();
        this.chunkElements = parts.chunkElements();
        List<SDVariable> emitted =
                emitter.rows().stream().map(JacobianRows::values).toList();
        this.rows = names(emitted, row -> row);
        this.squaredSums = names(emitted, row -> perRow(row, sd::squaredNorm, row::mul));
        this.absoluteSums =
                names(emitted, row -> perRow(row, sd::norm1, other -> sd.math().abs(other)));
        // Name scopes do not reach the names of placeholders, and the user may have a variable of this name.
        SDVariable v = sd.placeHolder(GraphDecoration.PREFIX + "v", type, fixedBatch, classes);
        this.cotangent = v.name();
        this.product = emitter.product(v).get(0).name();
    }

    private interface Reduction {
        SDVariable apply(SDVariable rows, int... axes);
    }

    /** Sums over a row of J; where a row has one entry, SameDiff of ND4J 1.0.0-M2.1 cannot sum over it. */
    private SDVariable perRow(SDVariable row, Reduction reduction, UnaryOperator<SDVariable> ofOneEntry) {
        boolean oneEntry = Arrays.stream(inputShape).allMatch(size -> size == 1);
        return oneEntry
                ? copy.graph().reshape(ofOneEntry.apply(row), -1)
                : reduction.apply(
                        row, IntStream.rangeClosed(1, inputShape.length).toArray());
    }

    private static List<String> names(List<SDVariable> variables, Function<SDVariable, SDVariable> map) {
        return variables.stream().map(variable -> map.apply(variable).name()).toList();
    }

    /**
     * The Jacobian of a graph, with names, rules and shapes inferred.
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
     * Computes the full Jacobian.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return {@code [N, C, *inputShape]}, a fresh array
     * @throws IllegalArgumentException if {@code x} has another shape, or holds NaN or an infinity
     */
    public INDArray compute(INDArray x) {
        long n = checked(x);
        long d = Arrays.stream(inputShape).reduce(1, (a, b) -> a * b);
        INDArray result = Nd4j.createUninitialized(type, n, classes, d);
        chunks(n, (from, to) -> {
            Map<String, INDArray> values = evaluate(slice(x, from, to), rows);
            long m = to - from;
            long rowsEach = classes / rows.size();
            for (int i = 0; i < rows.size(); i++) {
                INDArray part = Objects.requireNonNull(values.get(rows.get(i)))
                        .reshape('c', rowsEach, m, d)
                        .permute(1, 0, 2);
                result.get(
                                NDArrayIndex.interval(from, to),
                                NDArrayIndex.interval(i * rowsEach, (i + 1) * rowsEach),
                                NDArrayIndex.all())
                        .assign(part);
            }
        });
        long[] shape = new long[inputShape.length + 2];
        shape[0] = n;
        shape[1] = classes;
        System.arraycopy(inputShape, 0, shape, 2, inputShape.length);
        return result.reshape('c', shape);
    }

    /**
     * The vector-Jacobian product {@code v_n^T J_n} of every sample.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param v {@code [N, C]}; not modified
     * @return {@code [N, *inputShape]}, a fresh array
     * @throws IllegalArgumentException if a shape is wrong, or a value is NaN or infinite
     */
    public INDArray vjp(INDArray x, INDArray v) {
        long n = checked(x);
        if (v.rank() != 2 || v.size(0) != n || v.size(1) != classes) {
            throw new IllegalArgumentException("cotangent v has shape " + Arrays.toString(v.shape()) + "; expected ["
                    + n + ", " + classes + "] for " + n + " samples and " + classes + " classes");
        }
        InputCheck.finite("cotangent v", v);
        copy.refresh();
        Map<String, INDArray> fed = new HashMap<>();
        fed.put(input, x.castTo(inputType));
        fed.put(cotangent, v.castTo(type));
        return copy.graph().outputSingle(fed, product).dup();
    }

    /**
     * Norms of every sample's Jacobian, without keeping the Jacobians.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return norms of each of the {@code N} samples
     * @throws IllegalArgumentException if {@code x} has another shape, or holds NaN or an infinity
     */
    public JacobianNorms norms(INDArray x) {
        long n = checked(x);
        INDArray squares = Nd4j.create(DataType.DOUBLE, n);
        INDArray absolutes = Nd4j.create(DataType.DOUBLE, n);
        List<String> names = new ArrayList<>(squaredSums);
        names.addAll(absoluteSums);
        chunks(n, (from, to) -> {
            Map<String, INDArray> values = evaluate(slice(x, from, to), names);
            squares.get(NDArrayIndex.interval(from, to)).assign(overClasses(values, squaredSums, to - from));
            absolutes.get(NDArrayIndex.interval(from, to)).assign(overClasses(values, absoluteSums, to - from));
        });
        return new JacobianNorms(org.nd4j.linalg.ops.transforms.Transforms.sqrt(squares, false), absolutes);
    }

    /**
     * The number of classes.
     *
     * @return {@code C}
     */
    public int classes() {
        return classes;
    }

    /**
     * The shape of one input.
     *
     * @return without the batch axis, a fresh array
     */
    public long[] inputShape() {
        return inputShape.clone();
    }

    private INDArray overClasses(Map<String, INDArray> values, List<String> names, long n) {
        INDArray total = Nd4j.zeros(DataType.DOUBLE, n);
        for (String name : names) {
            total.addi(Objects.requireNonNull(values.get(name), name)
                    .castTo(DataType.DOUBLE)
                    .reshape('c', -1, n)
                    .sum(0));
        }
        return total;
    }

    private Map<String, INDArray> evaluate(INDArray x, List<String> names) {
        copy.refresh();
        return copy.graph().output(Map.of(input, x.castTo(inputType)), names);
    }

    private interface Chunk {
        void run(long from, long to);
    }

    private void chunks(long n, Chunk chunk) {
        long perSample = classes * Arrays.stream(inputShape).reduce(1, (a, b) -> a * b);
        long size = fixedBatch > 0 ? fixedBatch : Math.max(1, chunkElements / perSample);
        for (long from = 0; from < n; from += size) {
            chunk.run(from, Math.min(n, from + size));
        }
    }

    private static INDArray slice(INDArray x, long from, long to) {
        return from == 0 && to == x.size(0) ? x : x.get(NDArrayIndex.interval(from, to));
    }

    private long checked(INDArray x) {
        return InputCheck.batch("input '" + input + "'", x, inputShape, fixedBatch);
    }
}
