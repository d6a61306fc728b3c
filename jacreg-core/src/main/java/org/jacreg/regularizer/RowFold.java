package org.jacreg.regularizer;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jacreg.graph.GraphProbe;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** Folds the Jacobian rows of a batch to one number per sample, {@code [N]}. */
final class RowFold {

    @FunctionalInterface
    private interface Reduction {
        SDVariable apply(SDVariable values, int... axes);
    }

    private final JacobianGraph jacobian;

    RowFold(JacobianGraph jacobian) {
        this.jacobian = jacobian;
    }

    private SameDiff sd() {
        return jacobian.logits().getSameDiff();
    }

    /** {@code sum_ci J_nci^2} over all rows and inputs. */
    SDVariable squares(List<JacobianRows> rows) {
        return add(rows, block -> fold(block, sd()::squaredNorm, values -> values.mul(values)));
    }

    /** {@code sum_ci |J_nci|} over all rows and inputs. */
    SDVariable absolutes(List<JacobianRows> rows) {
        return add(rows, block -> fold(block, sd()::norm1, sd().math()::abs));
    }

    /** {@code sum_i ||J_n:i||_2}: the norms of columns, summed over the coordinates of all inputs. */
    SDVariable columns(List<JacobianRows> rows) {
        SDVariable total = null;
        for (int input = 0; input < jacobian.model().inputs().size(); input++) {
            int wanted = input;
            long size = features(input);
            SDVariable squares = rows.stream()
                    .filter(block -> block.input() == wanted)
                    .map(block -> overRows(block, size))
                    .reduce(SDVariable::add)
                    .orElseThrow();
            SDVariable norms = root(squares);
            SDVariable sum = inTypeOfLogits(size == 1 ? sd().reshape(norms, -1) : sd().sum(norms, 1));
            total = total == null ? sum : total.add(sum);
        }
        return java.util.Objects.requireNonNull(total);
    }

    /** The squares of a block summed over its rows, {@code [N, D]}. */
    private SDVariable overRows(JacobianRows block, long size) {
        SDVariable squares = block.values().mul(block.values());
        return block.count() == 1
                ? sd().reshape(squares, -1, size)
                : sd().sum(sd().reshape(squares, block.count(), -1, size), 0);
    }

    /** The norms of single rows, {@code [N, C]}: l2 or l1. */
    SDVariable eachRow(List<JacobianRows> rows, boolean l1) {
        SDVariable total = null;
        for (int input = 0; input < jacobian.model().inputs().size(); input++) {
            int wanted = input;
            List<SDVariable> perRow = rows.stream()
                    .filter(block -> block.input() == wanted)
                    .map(block -> rowSums(block, l1))
                    .toList();
            SDVariable all = perRow.size() == 1
                    ? sd().permute(perRow.get(0), 1, 0)
                    : sd().permute(sd().concat(0, perRow.toArray(SDVariable[]::new)), 1, 0);
            total = total == null ? inTypeOfLogits(all) : total.add(inTypeOfLogits(all));
        }
        SDVariable sums = java.util.Objects.requireNonNull(total);
        return l1 ? sums : root(sums);
    }

    /** Squares or absolute values of every row of a block, {@code [V, N]}. */
    private SDVariable rowSums(JacobianRows block, boolean l1) {
        long size = features(block.input());
        SDVariable flat = sd().reshape(block.values(), -1, size);
        SDVariable sums;
        if (size == 1) {
            sums = l1 ? sd().math().abs(flat) : flat.mul(flat);
        } else {
            sums = l1 ? sd().norm1(flat, 1) : sd().squaredNorm(flat, 1);
        }
        return sd().reshape(sums, block.count(), -1);
    }

    private SDVariable add(List<JacobianRows> rows, java.util.function.Function<JacobianRows, SDVariable> map) {
        return rows.stream()
                .map(map)
                .map(this::inTypeOfLogits)
                .reduce(SDVariable::add)
                .orElseThrow();
    }

    private SDVariable inTypeOfLogits(SDVariable sums) {
        return JacobianPenalty.inTypeOfLogits(jacobian, sums);
    }

    /** Over rows and coordinates; SameDiff of ND4J 1.0.0-M2.1 fails to fold axes of length 1 only. */
    private SDVariable fold(JacobianRows block, Reduction reduction, UnaryOperator<SDVariable> ofOneEntry) {
        long size = features(block.input());
        if (block.count() == 1) {
            return size == 1
                    ? ofOneEntry.apply(sd().reshape(block.values(), -1))
                    : reduction.apply(sd().reshape(block.values(), -1, size), 1);
        }
        return size == 1
                ? reduction.apply(sd().reshape(block.values(), block.count(), -1), 0)
                : reduction.apply(sd().reshape(block.values(), block.count(), -1, size), 0, 2);
    }

    /** The number of coordinates of an input's sample. */
    long features(int input) {
        GraphProbe probe = jacobian.probe();
        return Arrays.stream(probe.sampleShape(jacobian.model().inputs().get(input)))
                .reduce(1, Math::multiplyExact);
    }

    /**
     * The square root, with derivative 0 at 0: a norm's subgradient. Below the smallest normal number the root is
     * taken of 1 instead, so that no infinite slope meets the zero.
     */
    SDVariable root(SDVariable squares) {
        double tiny =
                squares.dataType() == org.nd4j.linalg.api.buffer.DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        SDVariable floor = sd().constant(Nd4j.scalar(squares.dataType(), tiny));
        // NaN is not below anything, and stays.
        SDVariable zero = sd().lte(squares, floor).castTo(squares.dataType());
        SDVariable positive = zero.rsub(1);
        return sd().math().sqrt(squares.mul(positive).add(zero)).mul(positive);
    }
}
