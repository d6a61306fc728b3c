package org.jacreg.jacobian;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jacreg.jacobian.JacobianFeed.Batch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Jacobians of checked batches, by whatever mode was chosen. */
final class JacobianComputation {

    private final JacobianSweeps sweeps;
    private final JacobianShapes shapes;
    private final JacobianMode mode;
    private final JacobianPieces pieces;
    private final MemoryPlan plan;
    private final WeightCheck weights;
    private final SampleMatrices matrices;

    /** In bytes; more do not make it faster. */
    private static final long MATRICES_AT_A_TIME = 1L << 28;

    /**
     * How much smaller than the largest a singular value may be to come from an eigenvalue of {@code J J^T}, whose error of some
     * {@code 1e-16} times the largest eigenvalue is divided by this: {@code 1e-14} of the largest singular value is left for
     * float64, and for float32, where the entries are off by {@code 1e-7}, {@code 1e-11}.
     */
    private static final double SQUARED_FROM = 0.1;

    private static final double SQUARED_FROM_IN_SINGLE = 1e-4;

    JacobianComputation(JacobianSweeps sweeps, JacobianMode mode, JacobianPieces pieces, MemoryPlan plan) {
        this.sweeps = sweeps;
        this.shapes = sweeps.shapes();
        this.mode = mode;
        this.pieces = pieces;
        this.plan = plan;
        this.weights = WeightCheck.of(sweeps.graph().model());
        this.matrices = new SampleMatrices(pieces, shapes);
    }

    JacobianMode mode() {
        return mode;
    }

    long cap() {
        return plan.cap();
    }

    private interface Chunk {
        boolean run(long from, Batch slice);
    }

    /** Goes through a batch, so many samples at a time that they and further bytes for each fit under the cap. */
    private boolean chunks(Batch batch, long bytesEach, Chunk chunk) {
        prepare();
        long fitting = Math.max(1, plan.cap() / (plan.bytes(pieces.stack()) + bytesEach));
        long size = shapes.fixedBatch() > 0 ? shapes.fixedBatch() : fitting;
        for (long from = 0; from < batch.size(); from += size) {
            if (!chunk.run(from, batch.slice(from, Math.min(batch.size(), from + size)))) {
                return false;
            }
        }
        return true;
    }

    private void prepare() {
        sweeps.copy().refresh();
        if (plan.isUsers()) {
            sweeps.copy().keepNoArrays();
        }
        weights.requireFinite();
    }

    private Batch distinct(Batch batch) {
        return mode == JacobianMode.CLOSED_FORM ? batch.slice(0, 1) : batch;
    }

    /** {@code [N, *outputShape, *inputShape]} for every input. */
    List<INDArray> full(Batch batch) {
        requireRoom(batch.size());
        Batch distinct = distinct(batch);
        List<INDArray> results = new ArrayList<>();
        for (int input = 0; input < shapes.inputs().size(); input++) {
            // Of the final shape, so that what the caller gets is no view and can be closed.
            results.add(Nd4j.createUninitialized(shapes.type(), shapes.full(distinct.size(), input)));
        }
        chunks(
                distinct,
                0,
                (from, slice) -> pieces.each(slice, piece -> {
                    INDArray result = results.get(piece.input());
                    piece.copyTo(
                            result.reshape('c', distinct.size(), shapes.rows(), shapes.columns(piece.input())), from);
                    return true;
                }));
        if (distinct.size() < batch.size()) {
            results.replaceAll(one -> repeated(one, batch.size()));
        }
        return results;
    }

    private void requireRoom(long samples) {
        for (int input = 0; input < shapes.inputs().size(); input++) {
            long each = Math.multiplyExact(shapes.columns(input), shapes.rows());
            plan.requireRoom(
                    Math.multiplyExact(each, samples),
                    Math.multiplyExact(shapes.bytesPerSample(), samples),
                    Arrays.toString(shapes.full(samples, input)));
        }
    }

    private static INDArray repeated(INDArray one, long samples) {
        long[] shape = one.shape().clone();
        shape[0] = samples;
        INDArray all = Nd4j.createUninitialized(one.dataType(), shape);
        for (long n = 0; n < samples; n++) {
            all.slice(n).assign(one.slice(0));
        }
        return all;
    }

    /** Hands the Jacobian by the only input to a consumer, block by block. */
    boolean stream(Batch batch, JacobianBlockConsumer consumer) {
        long[] sample = shapes.input().get(0);
        if (pieces.forward()) {
            return streamAssembled(batch, consumer);
        }
        if (mode == JacobianMode.CLOSED_FORM) {
            long together = plan.samples(pieces.stack());
            return chunks(
                    batch.slice(0, 1),
                    0,
                    (zero, slice) -> pieces.each(slice, piece -> handOut(piece, batch.size(), together, consumer)));
        }
        return chunks(
                batch,
                0,
                (from, slice) -> pieces.each(slice, piece -> {
                    INDArray block = Nd4j.createUninitialized(
                            shapes.type(), piece.values().shape());
                    new JacobianPieces.Piece(0, 0, 0, piece.values()).copyTo(block, 0);
                    return handOver(consumer, from, piece.rowFrom(), block, sample);
                }));
    }

    private boolean handOut(JacobianPieces.Piece piece, long samples, long together, JacobianBlockConsumer consumer) {
        for (long from = 0; from < samples; from += together) {
            INDArray block =
                    repeated(piece.values(), Math.min(together, samples - from)).castTo(shapes.type());
            if (!handOver(consumer, from, piece.rowFrom(), block, shapes.input().get(0))) {
                return false;
            }
        }
        return true;
    }

    /** Columns do not make rows before all are there. */
    private boolean streamAssembled(Batch batch, JacobianBlockConsumer consumer) {
        long bytes = plan.bytes(pieces.stack()) + shapes.bytesPerSample();
        if (bytes > plan.cap()) {
            throw new IllegalArgumentException("streaming by columns takes " + bytes
                    + " bytes for one sample, but maxMemory is " + plan.cap() + "; use mode(JacobianMode.REVERSE)");
        }
        return chunks(batch, shapes.bytesPerSample(), (from, slice) -> {
            INDArray block = Nd4j.createUninitialized(shapes.type(), slice.size(), shapes.rows(), shapes.columns(0));
            pieces.each(slice, piece -> {
                piece.copyTo(block, 0);
                return true;
            });
            return handOver(consumer, from, 0, block, shapes.input().get(0));
        });
    }

    private static boolean handOver(
            JacobianBlockConsumer consumer, long sampleFrom, long rowFrom, INDArray block, long[] sample) {
        long[] shape = JacobianSweep.prepend(sample, block.size(0), block.size(1));
        try {
            return consumer.accept(sampleFrom, (int) rowFrom, block.reshape('c', shape));
        } finally {
            block.close();
        }
    }

    /** Bytes of a matrix, and of one that is decomposed, on Java's heap. */
    private long matrixBytes() {
        return 3L * Double.BYTES * shapes.rows() * shapes.columns();
    }

    /** What matrices may take of Java's heap. */
    private static long heap() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    private boolean matrixFits() {
        return plan.bytes(pieces.stack()) + matrixBytes() <= plan.cap() && matrixBytes() <= heap();
    }

    /** Pretends that samples are larger than they are where Java's heap holds fewer than the cap. */
    private long matrixShare() {
        long fitting = Math.max(1, Math.min(heap(), MATRICES_AT_A_TIME) / matrixBytes());
        return Math.max(matrixBytes(), plan.cap() / fitting - plan.bytes(pieces.stack()));
    }

    JacobianNorms norms(Batch batch) {
        Batch distinct = distinct(batch);
        INDArray norms = Nd4j.create(DataType.DOUBLE, 4, distinct.size());
        boolean whole = matrixFits();
        long extra = whole ? matrixShare() : (long) Double.BYTES * shapes.columns();
        chunks(distinct, extra, (from, slice) -> {
            NormSums sums = new NormSums(shapes, slice.size());
            double[] spectral = whole ? throughMatrices(slice, sums) : throughPieces(slice, sums);
            for (int n = 0; n < spectral.length; n++) {
                norms.putScalar(0, from + n, sums.frobenius(n));
                norms.putScalar(1, from + n, sums.l11(n));
                norms.putScalar(2, from + n, sums.l21(n));
                norms.putScalar(3, from + n, spectral[n]);
            }
            return true;
        });
        return new JacobianNorms(
                ofBatch(norms, 0, batch), ofBatch(norms, 1, batch), ofBatch(norms, 2, batch), ofBatch(norms, 3, batch));
    }

    private static INDArray ofBatch(INDArray norms, int row, Batch batch) {
        INDArray values = norms.getRow(row).dup().reshape(norms.size(1));
        return values.length() == batch.size()
                ? values
                : Nd4j.valueArrayOf(new long[] {batch.size()}, values.getDouble(0), DataType.DOUBLE);
    }

    private double[] throughMatrices(Batch slice, NormSums sums) {
        double[] spectral = new double[(int) slice.size()];
        matrices.each(slice, (n, matrix) -> {
            sums.add(n, matrix);
            spectral[n] = matrix.spectralNorm();
        });
        return spectral;
    }

    /** Where not even one matrix can be held. */
    private double[] throughPieces(Batch slice, NormSums sums) {
        pieces.each(slice, piece -> {
            sums.add(piece);
            return true;
        });
        double[] spectral = new double[(int) slice.size()];
        for (int n = 0; n < spectral.length; n++) {
            boolean fixed = shapes.fixedBatch() > 0;
            Batch sample = fixed ? slice : slice.slice(n, n + 1);
            int place = fixed ? n : 0;
            double square = Lanczos.largestEigenvalue(shapes.rows(), v -> throughTranspose(sample, place, v));
            spectral[n] = Math.sqrt(Math.max(0, square));
        }
        return spectral;
    }

    /** {@code J J^T v} for one sample of a batch, without J. */
    private double[] throughTranspose(Batch batch, int sample, double[] v) {
        INDArray cotangents = Nd4j.zeros(DataType.DOUBLE, batch.size(), v.length);
        cotangents.putRow(sample, Nd4j.createFromArray(v));
        long[] shape = JacobianSweep.prepend(shapes.output(), batch.size());
        INDArray products = jvp(batch, vjp(batch, cotangents.reshape('c', shape)));
        return products.reshape('c', batch.size(), v.length)
                .getRow(sample)
                .castTo(DataType.DOUBLE)
                .toDoubleVector();
    }

    /** {@code [N, min(C, D)]}. */
    INDArray singularValues(Batch batch) {
        Batch distinct = distinct(batch);
        if (!matrixFits()) {
            throw new IllegalArgumentException("singular values need the whole Jacobian of a sample in float64, "
                    + matrixBytes() + " bytes beside the " + plan.bytes(pieces.stack())
                    + " of a sweep, but maxMemory is " + plan.cap() + " and Java's heap gives " + heap()
                    + "; raise them, or take norms(x).spectral() for the largest one");
        }
        double[][] values = new double[(int) distinct.size()][];
        double squaring = shapes.type() == DataType.DOUBLE ? SQUARED_FROM : SQUARED_FROM_IN_SINGLE;
        chunks(distinct, matrixShare(), (from, slice) -> {
            matrices.each(slice, (n, matrix) -> values[(int) from + n] = matrix.singularValues(squaring));
            return true;
        });
        INDArray result = Nd4j.createFromArray(values);
        return distinct.size() == batch.size() ? result : repeated(result, batch.size());
    }

    /** {@code J^T v} for every input, fresh arrays. */
    List<INDArray> vjp(Batch batch, INDArray v) {
        prepare();
        List<INDArray> products = sweeps.vjp().run(batch, v);
        List<INDArray> fresh = products.stream().map(INDArray::dup).toList();
        sweeps.vjp().release(products, batch);
        return fresh;
    }

    /** {@code sum_i J_i u_i}, a fresh array. */
    INDArray jvp(Batch batch, List<INDArray> tangents) {
        prepare();
        INDArray total = Nd4j.zeros(shapes.type(), JacobianSweep.prepend(shapes.output(), batch.size()));
        for (int input = 0; input < tangents.size(); input++) {
            List<INDArray> part = sweeps.jvp(input).run(batch, tangents.get(input));
            total.addi(part.get(0));
            sweeps.jvp(input).release(part, batch);
        }
        return total;
    }

    JacobianShapes shapes() {
        return shapes;
    }

    /** Results by input. */
    <T> Map<String, T> named(List<T> values) {
        Map<String, T> result = new java.util.LinkedHashMap<>();
        for (int input = 0; input < values.size(); input++) {
            result.put(shapes.inputs().get(input), values.get(input));
        }
        return result;
    }
}
