package org.jacreg.jacobian;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The entries of the Jacobians of some samples, in pieces as they are computed: groups of rows, or groups of columns. */
final class JacobianPieces {

    /**
     * A piece of the Jacobians by one input.
     *
     * @param input which input
     * @param rowFrom the first row
     * @param columnFrom the first column, counted along that input
     * @param values {@code [samples, rows, columns]}, a view; valid while it is visited
     */
    record Piece(int input, long rowFrom, long columnFrom, INDArray values) {

        /** Copies the piece to its place among the Jacobians by its input, {@code [..., C, D_i]}. */
        void copyTo(INDArray jacobians, long sampleFrom) {
            Optional<NativeRows> rows = NativeRows.of(values);
            Optional<NativeRows> target = NativeRows.of(jacobians);
            if (rows.isPresent() && target.isPresent() && rows.get().hasTypeOf(target.get())) {
                rows.get().copyTo(target.get(), sampleFrom, rowFrom, columnFrom);
                return;
            }
            jacobians
                    .get(
                            NDArrayIndex.interval(sampleFrom, sampleFrom + values.size(0)),
                            NDArrayIndex.interval(rowFrom, rowFrom + values.size(1)),
                            NDArrayIndex.interval(columnFrom, columnFrom + values.size(2)))
                    .assign(values);
        }
    }

    /** Sees a piece; false ends the visit. */
    interface Visitor {
        boolean visit(Piece piece);
    }

    private final JacobianShapes shapes;
    private final List<JacobianSweep> sweeps;
    private final boolean forward;

    private JacobianPieces(JacobianShapes shapes, List<JacobianSweep> sweeps, boolean forward) {
        this.shapes = shapes;
        this.sweeps = sweeps;
        this.forward = forward;
    }

    static JacobianPieces byRows(JacobianSweeps sweeps, int stack) {
        return new JacobianPieces(sweeps.shapes(), List.of(sweeps.rows(stack)), false);
    }

    static JacobianPieces byColumns(JacobianSweeps sweeps, int stack) {
        int inputs = sweeps.shapes().inputs().size();
        return new JacobianPieces(
                sweeps.shapes(),
                IntStream.range(0, inputs)
                        .mapToObj(input -> sweeps.columns(
                                input, (int) Math.min(stack, sweeps.shapes().columns(input))))
                        .toList(),
                true);
    }

    /** Whether pieces are groups of columns. */
    boolean forward() {
        return forward;
    }

    /** Seeds per sweep, at most. */
    int stack() {
        return sweeps.stream().mapToInt(JacobianSweep::stack).max().orElse(1);
    }

    /** Computes all pieces; false if the visitor ended that. */
    boolean each(JacobianFeed.Batch batch, Visitor visitor) {
        for (int i = 0; i < sweeps.size(); i++) {
            JacobianSweep sweep = sweeps.get(i);
            for (long first = 0; first < sweep.seedLength(); first += sweep.stack()) {
                List<INDArray> raw = sweep.runUnits(batch, first);
                try {
                    if (!visit(raw, i, first, batch.size(), visitor)) {
                        return false;
                    }
                } finally {
                    sweep.release(raw, batch);
                }
            }
        }
        return true;
    }

    private boolean visit(List<INDArray> raw, int sweep, long first, long samples, Visitor visitor) {
        long stack = sweeps.get(sweep).stack();
        if (forward) {
            long count = Math.min(stack, shapes.columns(sweep) - first);
            INDArray columns = raw.get(0).reshape('c', stack, samples, shapes.rows());
            return visitor.visit(new Piece(sweep, 0, first, upTo(columns, count).permute(1, 2, 0)));
        }
        long count = Math.min(stack, shapes.rows() - first);
        for (int input = 0; input < raw.size(); input++) {
            INDArray rows = raw.get(input).reshape('c', stack, samples, shapes.columns(input));
            if (!visitor.visit(new Piece(input, first, 0, upTo(rows, count).permute(1, 0, 2)))) {
                return false;
            }
        }
        return true;
    }

    private static INDArray upTo(INDArray seeds, long count) {
        return count == seeds.size(0)
                ? seeds
                : seeds.get(NDArrayIndex.interval(0, count), NDArrayIndex.all(), NDArrayIndex.all());
    }
}
