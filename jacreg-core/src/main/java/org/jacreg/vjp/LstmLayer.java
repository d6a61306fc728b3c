package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.graph.TensorSpec;
import org.jacreg.vjp.RecurrentTape.Node;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * ND4J's {@code lstmLayer}. With {@code z = x Wx + h Wr + b} cut into four blocks, in the order i, f, g, o:
 *
 * <pre>
 * i = s(z_i + pi c)    f = s(z_f + pf c)    c' = f c + i t(z_g)    o = s(z_o + po c')    h' = o u(c')
 * </pre>
 *
 * s, t, u are the activations of gates, cell and output; pi, pf, po the peepholes, if any.
 */
final class LstmLayer {

    private static final int TIME_FIRST = 0;
    private static final int TIME_LAST = 2;
    private static final int BACKWARD = 1;
    private static final int SUM = 2;
    private static final int CONCAT = 3;

    private final VjpContext context;
    private final SameDiff sd;
    private final RecurrentTape tape;
    private final int wanted;

    /** Bias, sequence lengths, initial h, initial c, peepholes; sequence, last h, last c among the outputs. */
    private final boolean[] has;

    /** Layout, direction, activations of gates, cell and output. */
    private final long[] arguments;

    private final int steps;
    private final long features;
    private final long units;
    private final Node[] leaves;

    LstmLayer(VjpContext context, int wanted) {
        this.context = context;
        this.sd = context.graph();
        this.wanted = wanted;
        this.tape = new RecurrentTape(context, wanted);
        this.has = ((DynamicCustomOp) context.function()).bArgs();
        this.arguments = context.integerArguments();
        requireSupported();
        TensorSpec x = context.inputSpec(0);
        this.steps = (int) x.dim(timeAxis());
        this.features = x.dim(arguments[0] == TIME_LAST ? 1 : 2);
        TensorSpec wr = context.inputSpec(2);
        this.units = wr.dim(wr.rank() - 2);
        this.leaves = new Node[context.inputCount()];
    }

    private int timeAxis() {
        return arguments[0] == TIME_FIRST ? 0 : arguments[0] == TIME_LAST ? 2 : 1;
    }

    private void requireSupported() {
        String trouble = null;
        boolean both = arguments[1] >= SUM;
        if (has[1]) {
            trouble = "sequence lengths; mask its input and output instead";
        } else if (((DynamicCustomOp) context.function()).tArgs()[0] != 0) {
            trouble = "a clipped cell state, which has no rule";
        } else if (arguments[0] > TIME_LAST || arguments[1] > CONCAT) {
            trouble = "an axis of its own for its directions; sum or concatenate them";
        } else if (both && (has[2] || has[3])) {
            trouble = "initial states for two directions, which have no rule";
        } else if (both && !(has[5] && context.outputIndex() == 0)) {
            trouble = "two directions and its last state is used; take it from the sequence";
        }
        if (trouble != null) {
            throw new IllegalArgumentException(context.describe() + " has " + trouble);
        }
    }

    SDVariable vjp(SDVariable ct) {
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = leaf(i);
        }
        if (arguments[1] >= SUM) {
            pullBothBack(ct);
        } else {
            States states = run(-1, arguments[1] == BACKWARD);
            tape.seed(outputNodes(states), onRows(ct));
        }
        SDVariable result = tape.pull(leaves[wanted]);
        return wanted == 0
                ? batchFirst(sd.reshape(result, -1, steps, features))
                : sd.reshape(result, context.inputSpec(wanted).toArray());
    }

    private Node leaf(int index) {
        if (index == 0) {
            return tape.leaf(0, sd.reshape(batchFirst(context.input(0)), -1, features), features);
        }
        boolean state = index == position(2) || index == position(3);
        return state ? tape.leaf(index, context.input(index), units) : tape.weight(index);
    }

    /** The index of an optional input: only those that are there are counted. -1 if it is not. */
    private int position(int option) {
        int before = (int) IntStream.range(0, option).filter(i -> has[i]).count();
        return has[option] ? 3 + before : -1;
    }

    /** From the op's layout to {@code [N, T, C]} or back: the permutations undo themselves. */
    private SDVariable batchFirst(SDVariable sequence) {
        if (arguments[0] == TIME_FIRST) {
            return sd.permute(sequence, 1, 0, 2);
        }
        return arguments[0] == TIME_LAST ? sd.permute(sequence, 0, 2, 1) : sequence;
    }

    /** The cotangent of an output as {@code [V*N, columns]}. */
    private SDVariable onRows(SDVariable ct) {
        boolean sequence = has[5] && context.outputIndex() == 0;
        long width = (arguments[1] == CONCAT ? 2 : 1) * units;
        return sequence ? sd.reshape(batchFirst(ct), -1, steps * width) : ct;
    }

    private List<Node> outputNodes(States states) {
        int afterSequence = context.outputIndex() - (has[5] ? 1 : 0);
        if (afterSequence < 0) {
            return Arrays.asList(states.h());
        }
        Node[] last = afterSequence == 0 && has[6] ? states.h() : states.c();
        return List.of(last[arguments[1] == BACKWARD ? 0 : steps - 1]);
    }

    private void pullBothBack(SDVariable ct) {
        Node[] there = run(0, false).h();
        Node[] back = run(1, true).h();
        SDVariable rows = onRows(ct);
        if (arguments[1] == SUM) {
            tape.seed(Arrays.asList(there), rows);
            tape.seed(Arrays.asList(back), rows);
        } else {
            List<Node> alternating = new ArrayList<>();
            for (int t = 0; t < steps; t++) {
                alternating.add(there[t]);
                alternating.add(back[t]);
            }
            tape.seed(alternating, rows);
        }
    }

    /** The states behind every step, in the order of time. */
    @SuppressWarnings("ArrayRecordComponent") // read once, by the class that made it
    private record States(Node[] h, Node[] c) {}

    /** Runs one direction; of a layer with two, weights hold one half for each. */
    private States run(int half, boolean backwards) {
        Node wx = tape.rows(part(leaves[1], half), 4 * units);
        Node wr = tape.rows(part(leaves[2], half), 4 * units);
        Node projected = tape.product(leaves[0], wx);
        if (has[0]) {
            projected = tape.sum(projected, part(leaves[3], half));
        }
        List<Node> fromInput = tape.blocks(tape.rows(projected, 4 * units * steps), steps);
        List<Node> peepholes = has[4] ? tape.blocks(part(leaves[position(4)], half), 3) : List.of();
        Node h = has[2] ? leaves[position(2)] : null;
        Node c = has[3] ? leaves[position(3)] : null;
        States states = new States(new Node[steps], new Node[steps]);
        for (int i = 0; i < steps; i++) {
            int t = backwards ? steps - 1 - i : i;
            Node z = h == null ? fromInput.get(t) : tape.sum(fromInput.get(t), tape.product(h, wr));
            List<Node> gates = tape.blocks(z, 4);
            c = cell(gates, c, peepholes);
            Node o = gate(gates.get(3), c, peepholes, 2);
            h = tape.times(o, activation(c, 4));
            states.h()[t] = h;
            states.c()[t] = c;
        }
        return states;
    }

    private Node part(Node leaf, int half) {
        return half < 0 ? leaf : tape.blocks(leaf, 2).get(half);
    }

    private Node cell(List<Node> gates, @Nullable Node before, List<Node> peepholes) {
        Node fresh = tape.times(gate(gates.get(0), before, peepholes, 0), activation(gates.get(2), 3));
        return before == null ? fresh : tape.sum(tape.times(before, gate(gates.get(1), before, peepholes, 1)), fresh);
    }

    private Node gate(Node z, @Nullable Node cell, List<Node> peepholes, int which) {
        if (cell == null || peepholes.isEmpty()) {
            return activation(z, 2);
        }
        return activation(tape.sum(z, tape.times(cell, peepholes.get(which))), 2);
    }

    private Node activation(Node z, int argument) {
        return switch ((int) arguments[argument]) {
            case 0 -> tape.tanh(z);
            case 1 -> tape.relu(z);
            case 2 -> tape.sigmoid(z);
            default ->
                throw new IllegalArgumentException(context.describe() + " has activation number " + arguments[argument]
                        + "; tanh (0), relu (1) and sigmoid (2) are supported");
        };
    }
}
