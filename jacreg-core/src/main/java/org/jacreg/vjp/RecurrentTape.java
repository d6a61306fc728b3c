package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Computes a recurrent layer once more, out of matrix products and pointwise ops, and pulls a cotangent back through that.
 *
 * <p>A layer's rule is then its equations. Every value is a matrix: {@code [N*r, k]} with {@code r} rows for every sample, or a
 * weight. Nodes are emitted on the way back only where the wanted input has a part in them.
 */
final class RecurrentTape {

    private final VjpContext context;
    private final SameDiff sd;
    private final int wanted;
    private final List<Runnable> backward = new ArrayList<>();

    /**
     * Starts an empty tape.
     *
     * @param context the layer
     * @param wanted the index of the input by which is differentiated
     */
    RecurrentTape(VjpContext context, int wanted) {
        this.context = context;
        this.sd = context.graph();
        this.wanted = wanted;
    }

    /** A matrix on the tape. */
    static final class Node {
        private final SDVariable value;
        private final long width;
        private final boolean batched;
        private final boolean active;
        private @Nullable SDVariable cotangent;

        private Node(SDVariable value, long width, boolean batched, boolean active) {
            this.value = value;
            this.width = width;
            this.batched = batched;
            this.active = active;
        }

        long width() {
            return width;
        }

        private void receive(SDVariable part) {
            cotangent = cotangent == null ? part : cotangent.add(part);
        }
    }

    /**
     * An input of the layer as a matrix.
     *
     * @param index which input
     * @param matrix the input, reshaped to {@code [rows, width]}
     * @param width its columns
     * @return a leaf
     */
    Node leaf(int index, SDVariable matrix, long width) {
        return new Node(matrix, width, context.inputSpec(index).batched(), index == wanted);
    }

    /** A weight of the layer, as a matrix of one row. */
    Node weight(int index) {
        long length = context.inputSpec(index).dims().stream().reduce(1L, (a, b) -> a * b);
        return leaf(index, sd.reshape(context.input(index), 1, length), length);
    }

    /** The same elements in rows of another length. */
    Node rows(Node a, long width) {
        Node result = node(sd.reshape(a.value, -1, width), width, a.batched, a.active);
        return record(result, ct -> a.receive(sd.reshape(ct, -1, a.width)));
    }

    Node product(Node a, Node b) {
        Node result = node(a.value.mmul(b.value), b.width, true, a.active || b.active);
        return record(result, ct -> {
            if (a.active) {
                a.receive(sd.mmul(ct, b.value, false, true, false));
            }
            if (b.active) {
                b.receive(sd.mmul(a.value, ct, true, false, false));
            }
        });
    }

    /** The sum of two matrices, of which the second may be a single row. */
    Node sum(Node a, Node b) {
        Node result = node(a.value.add(b.value), a.width, true, a.active || b.active);
        return record(result, ct -> {
            if (a.active) {
                a.receive(ct);
            }
            if (b.active) {
                b.receive(b.batched ? ct : sumOfRows(ct, b.width));
            }
        });
    }

    /** The product element by element of two matrices, of which the second may be a single row. */
    Node times(Node a, Node b) {
        Node result = node(a.value.mul(b.value), a.width, true, a.active || b.active);
        return record(result, ct -> {
            if (a.active) {
                a.receive(b.batched ? scale(ct, b.value, a.width) : ct.mul(b.value));
            }
            if (b.active) {
                SDVariable part = scale(ct, a.value, a.width);
                b.receive(b.batched ? part : sumOfRows(part, b.width));
            }
        });
    }

    Node plus(Node a, double number) {
        return number == 0 ? a : record(node(a.value.add(number), a.width, a.batched, a.active), a::receive);
    }

    Node oneMinus(Node a) {
        return record(node(a.value.rsub(1.0), a.width, a.batched, a.active), ct -> a.receive(ct.neg()));
    }

    Node sigmoid(Node a) {
        return pointwise(a, sd.nn().sigmoid(a.value), y -> y.mul(y.rsub(1.0)));
    }

    Node tanh(Node a) {
        return pointwise(a, sd.math().tanh(a.value), y -> sd.math().square(y).rsub(1.0));
    }

    Node relu(Node a) {
        return pointwise(a, sd.nn().relu(a.value, 0), y -> sd.math().sign(y));
    }

    private Node pointwise(Node a, SDVariable value, UnaryOperator<SDVariable> slope) {
        return record(
                node(value, a.width, a.batched, a.active), ct -> a.receive(scale(ct, slope.apply(value), a.width)));
    }

    /** Cuts a matrix into equal blocks of columns. */
    List<Node> blocks(Node a, int count) {
        return count == 1 ? List.of(a) : blocks(a, equalParts(a.value, count), a.width / count);
    }

    /** Cuts a matrix in two, left and right of a column. */
    List<Node> halves(Node a, long left) {
        List<Node> halves = List.of(
                node(columns(a.value, 0, a.width - left), left, a.batched, a.active),
                node(columns(a.value, left, 0), a.width - left, a.batched, a.active));
        return joinedBack(a, halves);
    }

    private List<Node> blocks(Node a, SDVariable[] values, long width) {
        List<Node> blocks = Arrays.stream(values)
                .map(value -> node(value, width, a.batched, a.active))
                .toList();
        return joinedBack(a, blocks);
    }

    private List<Node> joinedBack(Node a, List<Node> blocks) {
        if (a.active) {
            backward.add(() -> joinBlocks(a, blocks));
        }
        return blocks;
    }

    private void joinBlocks(Node a, List<Node> blocks) {
        SDVariable known = blocks.stream()
                .map(block -> block.cotangent)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (known == null) {
            return;
        }
        SDVariable[] parts = blocks.stream()
                .map(block -> block.cotangent == null ? zeros(block) : block.cotangent)
                .toArray(SDVariable[]::new);
        a.receive(sd.concat(1, parts));
    }

    /** A block that nothing depends on: a cotangent of zeros, with as many rows as the others. */
    private SDVariable zeros(Node block) {
        SDVariable zeros = sd.zerosLike(block.value);
        if (!block.batched || context.stack() == 1) {
            return zeros;
        }
        return sd.tile(zeros, context.stack(), 1);
    }

    /**
     * Gives the cotangent of matrices of one width that stand beside each other.
     *
     * @param parts the matrices, from left to right
     * @param cotangent {@code [V*N, sum of widths]}
     */
    void seed(List<Node> parts, SDVariable cotangent) {
        SDVariable[] cotangents =
                parts.size() == 1 ? new SDVariable[] {cotangent} : equalParts(cotangent, parts.size());
        for (int i = 0; i < cotangents.length; i++) {
            parts.get(i).receive(cotangents[i]);
        }
    }

    /**
     * Pulls the seeded cotangents back.
     *
     * @param leaf the wanted input's node
     * @return its cotangent; zeros where the output does not depend on it
     */
    SDVariable pull(Node leaf) {
        if (!leaf.batched) {
            context.requireUnstacked(wanted);
        }
        for (int i = backward.size() - 1; i >= 0; i--) {
            backward.get(i).run();
        }
        SDVariable result = leaf.cotangent;
        return result == null ? zeros(leaf) : result;
    }

    private Node node(SDVariable value, long width, boolean batched, boolean active) {
        return new Node(value, width, batched, active);
    }

    private interface Pull {
        void accept(SDVariable cotangent);
    }

    private Node record(Node result, Pull pull) {
        if (result.active) {
            backward.add(() -> {
                SDVariable cotangent = result.cotangent;
                if (cotangent != null) {
                    pull.accept(cotangent);
                }
            });
        }
        return result;
    }

    /** Not as slices: ND4J fails to differentiate a strided slice of a matrix of one row. */
    private SDVariable[] equalParts(SDVariable matrix, int count) {
        return sd.split(matrix, count, 1);
    }

    private SDVariable columns(SDVariable matrix, long front, long end) {
        return EdgeRules.cut(sd, matrix, new long[] {0, front}, new long[] {0, end});
    }

    private SDVariable scale(SDVariable ct, SDVariable factor, long width) {
        long[] shape = {-1, width};
        return context.perCotangent(ct, shape, shape, c -> c.mul(factor));
    }

    private SDVariable sumOfRows(SDVariable ct, long width) {
        return sd.reshape(AxisFold.sum(ct, new long[] {-1, width}, 0), 1, width);
    }
}
