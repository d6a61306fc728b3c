package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.TensorSpec;
import org.jacreg.vjp.RecurrentTape.Node;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Recurrent layers and cells: each is computed once more, step by step, out of ops that have rules, and the cotangent goes
 * back through that. The graph grows with the number of steps.
 */
final class RecurrentRules {

    private RecurrentRules() {}

    static void register(VjpRules.Builder rules) {
        rules.rules(
                        "lstmLayer",
                        OpKind.BESPOKE,
                        perInput(8, (context, ct, wanted) -> new LstmLayer(context, wanted).vjp(ct)))
                .rules("lstmBlockCell", OpKind.BESPOKE, perInput(8, RecurrentRules::lstmCell))
                .rules("gruCell", OpKind.BESPOKE, perInput(6, RecurrentRules::gruCell))
                .rules("gru", OpKind.BESPOKE, perInput(5, RecurrentRules::gru));
        for (String name : new String[] {"sru", "sruCell", "lstmCell", "lstmBlock"}) {
            rules.unsupported(
                    name,
                    "ND4J 1.0.0-M2.1 cannot put it into a graph (its output types fail); use lstmLayer or basic ops");
        }
    }

    private interface LayerRule {
        SDVariable vjp(VjpContext context, SDVariable cotangent, int wanted);
    }

    private static Map<Integer, VjpRule> perInput(int count, LayerRule rule) {
        Map<Integer, VjpRule> rules = new HashMap<>();
        for (int input = 0; input < count; input++) {
            int wanted = input;
            rules.put(input, (context, ct) -> rule.vjp(context, ct, wanted));
        }
        return rules;
    }

    /**
     * {@code lstmBlockCell} of x, c, y, weights of [x, y], three peepholes and a bias; outputs i, c', f, o, z, h, y'. The
     * blocks of {@code [x, y] W + b} stand in the order i, z, f, o, and
     *
     * <pre>
     * i = s(. + pi c)   z = tanh(.)   f = s(. + pf c + forgetBias)   c' = f c + i z   o = s(. + po c')   h = tanh(c')   y' = o h
     * </pre>
     */
    private static SDVariable lstmCell(VjpContext context, SDVariable ct, int wanted) {
        DynamicCustomOp op = (DynamicCustomOp) context.function();
        if (op.tArgs().length > 1 && op.tArgs()[1] > 0) {
            throw new IllegalArgumentException(context.describe() + " clips its cell state, which has no rule");
        }
        boolean peeps = context.integerArguments()[0] != 0;
        RecurrentTape tape = new RecurrentTape(context, wanted);
        Node[] in = leaves(context, tape, 3);
        Node c = in[1];
        List<Node> z = tape.blocks(ofBoth(context, tape, in[0], in[2], in[3], in[7]), 4);
        Node i = tape.sigmoid(peeps ? tape.sum(z.get(0), tape.times(c, in[4])) : z.get(0));
        Node fresh = tape.tanh(z.get(1));
        Node forget = tape.plus(z.get(2), op.tArgs()[0]);
        Node f = tape.sigmoid(peeps ? tape.sum(forget, tape.times(c, in[5])) : forget);
        Node after = tape.sum(tape.times(f, c), tape.times(i, fresh));
        Node o = tape.sigmoid(peeps ? tape.sum(z.get(3), tape.times(after, in[6])) : z.get(3));
        Node h = tape.tanh(after);
        List<Node> outputs = List.of(i, after, f, o, fresh, h, tape.times(o, h));
        tape.seed(List.of(outputs.get(context.outputIndex())), ct);
        return asInput(context, tape.pull(in[wanted]), wanted);
    }

    /**
     * {@code gruCell} of x, h, weights of [x, h] for the gates and for the candidate, and their biases; outputs r, u, c, h'.
     *
     * <pre>
     * [r, u] = s([x, h] Wru + bru)   c = tanh([x, r h] Wc + bc)   h' = u h + (1 - u) c
     * </pre>
     */
    private static SDVariable gruCell(VjpContext context, SDVariable ct, int wanted) {
        RecurrentTape tape = new RecurrentTape(context, wanted);
        Node[] in = leaves(context, tape, 2);
        Node h = in[1];
        List<Node> gates = tape.blocks(tape.sigmoid(ofBoth(context, tape, in[0], h, in[2], in[4])), 2);
        Node r = gates.get(0);
        Node u = gates.get(1);
        Node c = tape.tanh(ofBoth(context, tape, in[0], tape.times(h, r), in[3], in[5]));
        Node after = tape.sum(tape.times(u, h), tape.times(tape.oneMinus(u), c));
        tape.seed(List.of(List.of(r, u, c, after).get(context.outputIndex())), ct);
        return asInput(context, tape.pull(in[wanted]), wanted);
    }

    /**
     * {@code gru} of a sequence {@code [T, N, C]}, the first state, weights of x and of h, a bias; blocks r, u, c.
     *
     * <pre>
     * r = s(x Wx_r + h Wh_r + b_r)   u likewise   c = tanh(x Wx_c + r (h Wh_c) + b_c)   h' = u h + (1 - u) c
     * </pre>
     *
     * The reset gate multiplies the product, where that of {@code gruCell} multiplies the state.
     */
    private static SDVariable gru(VjpContext context, SDVariable ct, int wanted) {
        SameDiff sd = context.graph();
        RecurrentTape tape = new RecurrentTape(context, wanted);
        TensorSpec x = context.inputSpec(0);
        int steps = (int) x.dim(0);
        long features = x.dim(2);
        long units = context.inputSpec(3).dim(0);
        Node sequence = tape.leaf(0, sd.reshape(sd.permute(context.input(0), 1, 0, 2), -1, features), features);
        Node first = tape.leaf(1, context.input(1), units);
        Node wx = tape.weight(2);
        Node wh = tape.weight(3);
        Node bias = tape.weight(4);
        Node[] in = {sequence, first, wx, wh, bias};
        Node projected = tape.sum(tape.product(sequence, tape.rows(wx, 3 * units)), bias);
        List<Node> fromInput = tape.blocks(tape.rows(projected, 3 * units * steps), steps);
        List<Node> states = gruStates(tape, fromInput, first, tape.rows(wh, 3 * units));
        tape.seed(states, sd.reshape(sd.permute(ct, 1, 0, 2), -1, steps * units));
        SDVariable result = tape.pull(in[wanted]);
        return wanted == 0
                ? sd.permute(sd.reshape(result, -1, steps, features), 1, 0, 2)
                : asInput(context, result, wanted);
    }

    private static List<Node> gruStates(RecurrentTape tape, List<Node> fromInput, Node first, Node wh) {
        long units = first.width();
        List<Node> states = new ArrayList<>();
        Node h = first;
        for (Node z : fromInput) {
            List<Node> ofX = tape.halves(z, 2 * units);
            List<Node> ofH = tape.halves(tape.product(h, wh), 2 * units);
            List<Node> gates = tape.blocks(tape.sigmoid(tape.sum(ofX.get(0), ofH.get(0))), 2);
            Node u = gates.get(1);
            Node c = tape.tanh(tape.sum(ofX.get(1), tape.times(ofH.get(1), gates.get(0))));
            h = tape.sum(tape.times(u, h), tape.times(tape.oneMinus(u), c));
            states.add(h);
        }
        return states;
    }

    private static Node[] leaves(VjpContext context, RecurrentTape tape, int states) {
        Node[] leaves = new Node[context.inputCount()];
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = i < states
                    ? tape.leaf(i, context.input(i), context.inputSpec(i).dim(1))
                    : tape.weight(i);
        }
        return leaves;
    }

    /** {@code [x, h] W + b}, as {@code x Wx + h Wh + b}. */
    private static Node ofBoth(VjpContext context, RecurrentTape tape, Node x, Node h, Node weights, Node bias) {
        long features = context.inputSpec(0).dim(1);
        long columns = bias.width();
        List<Node> parts = tape.halves(weights, features * columns);
        Node ofX = tape.product(x, tape.rows(parts.get(0), columns));
        Node ofH = tape.product(h, tape.rows(parts.get(1), columns));
        return tape.sum(tape.sum(ofX, ofH), bias);
    }

    private static SDVariable asInput(VjpContext context, SDVariable result, int wanted) {
        return context.graph().reshape(result, context.inputSpec(wanted).toArray());
    }
}
