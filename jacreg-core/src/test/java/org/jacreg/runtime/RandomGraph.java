package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A random graph of 3 to 15 steps of one to three ops each over a placeholder {@code x [N, F]}, with weights, constants, values that are read
 * several times, branches without use, and a loss. The same seed gives the same graph.
 *
 * <p>No product is a single number and no batch has one sample: there ND4J's own gradients fail or are wrong.
 */
final class RandomGraph {

    /** Rows {@code [N, width]}, a bound on their size, and the leaves they depend on. */
    private record Node(SDVariable rows, int width, double size, Set<String> leaves) {}

    private final Random random;
    private final DataType type;
    private final SameDiff sd = SameDiff.create();
    private final List<Node> nodes = new ArrayList<>();
    private final int features;
    private int leaves;
    private Set<String> met = new LinkedHashSet<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<String> gradients = new ArrayList<>();

    RandomGraph(DataType type, long seed) {
        this.type = type;
        this.random = new Random(seed);
        this.features = 2 + random.nextInt(3);
        SDVariable x = sd.placeHolder("x", type, -1, features);
        nodes.add(new Node(x, features, 3, Set.of("x")));
        int steps = 3 + random.nextInt(13);
        for (int i = 0; i < steps; i++) {
            add();
        }
        finish();
    }

    private Node pick() {
        int from = random.nextBoolean() ? Math.max(0, nodes.size() - 3) : 0;
        Node node = nodes.get(from + random.nextInt(nodes.size() - from));
        met.addAll(node.leaves());
        return node;
    }

    private SDVariable leaf(long... shape) {
        boolean constant = random.nextInt(4) == 0;
        String name = (constant ? "c" : "w") + leaves++;
        INDArray array = SmallNets.normal(type, random, 0.7, shape);
        if (!constant) {
            met.add(name);
            return sd.var(name, array);
        }
        return sd.constant(name, array);
    }

    private void keep(SDVariable rows, int width, double size) {
        SDVariable bounded = size > 20 ? sd.math().tanh(rows) : rows;
        nodes.add(new Node(bounded, width, size > 20 ? 1 : size, Set.copyOf(met)));
    }

    private void add() {
        met = new LinkedHashSet<>();
        Node a = pick();
        SDVariable r = a.rows();
        switch (random.nextInt(18)) {
            case 0 -> pair(a, 0);
            case 1 -> pair(a, 1);
            case 2 -> pair(a, 2);
            case 3 -> pair(a, 3);
            case 4 -> keep(sd.math().neg(r), a.width(), a.size());
            case 5 -> keep(sd.math().square(r), a.width(), a.size() * a.size());
            case 6, 7 -> keep(sd.nn().relu(r, 0), a.width(), a.size());
            case 8 -> keep(sd.math().step(r, 0).mul(pickWide(a.width())), a.width(), 5);
            case 9 -> keep(sd.math().tanh(r), a.width(), 1);
            case 10 -> keep(sd.math().exp(sd.math().tanh(r)), a.width(), 3);
            case 11, 12 -> product(a);
            case 13 -> gram(a);
            case 14 -> keep(sd.reshape(sd.reshape(r, -1).mul(0.5), -1, a.width()), a.width(), a.size());
            case 15 -> sums(a);
            case 16 -> joined(a);
            default -> keep(sd.identity(r).sub(0.25), a.width(), a.size() + 1);
        }
    }

    private SDVariable pickWide(int width) {
        for (int i = 0; i < 4; i++) {
            Node node = nodes.get(random.nextInt(nodes.size()));
            if (node.width() == width) {
                met.addAll(node.leaves());
                return node.rows();
            }
        }
        return switch (random.nextInt(4)) {
            case 0 -> leaf(1, width);
            case 1 -> leaf(1);
            case 2 -> leaf(1, 1);
            default -> leaf(width);
        };
    }

    private void pair(Node a, int kind) {
        SDVariable b = pickWide(a.width());
        double size = a.size() + 20;
        boolean swapped = random.nextBoolean() && kind != 3;
        SDVariable left = swapped ? b : a.rows();
        SDVariable right = swapped ? a.rows() : b;
        SDVariable result = switch (kind) {
            case 0 -> left.add(right);
            case 1 -> left.sub(right);
            case 2 -> left.mul(right);
            default -> over(left, right);
        };
        if (swapped || kind < 3) {
            SDVariable full = result.add(a.rows().mul(0.1));
            keep(random.nextBoolean() ? full : sd.math().tanh(full), a.width(), size);
        } else {
            keep(result, a.width(), a.size());
        }
    }

    /** {@code a / (b^2 + 1)}; ND4J's own gradient by a divisor of one entry is wrong, so that it cannot be compared with. */
    private SDVariable over(SDVariable a, SDVariable b) {
        SDVariable divisor = sd.math().square(b).add(1.0);
        boolean single = b.isConstant() || b.getVariableType() == VariableType.VARIABLE;
        return single && b.getArr().length() == 1 ? a.mul(sd.math().reciprocal(divisor)) : a.div(divisor);
    }

    private void product(Node a) {
        int width = 2 + random.nextInt(3);
        boolean transposed = random.nextBoolean();
        SDVariable w = transposed ? leaf(width, a.width()) : leaf(a.width(), width);
        SDVariable product = sd.mmul(a.rows(), w, false, transposed, false);
        keep(random.nextBoolean() ? product.add(leaf(width)) : product, width, 3 * a.size());
    }

    /** Products of rows with rows, one factor transposed by a flag or by an op. */
    private void gram(Node a) {
        Node b = pick();
        SDVariable gram = random.nextBoolean()
                ? sd.mmul(a.rows(), b.rows(), true, false, false)
                : sd.mmul(sd.permute(a.rows(), 1, 0), b.rows());
        keep(sd.math().tanh(sd.mmul(a.rows(), sd.math().tanh(gram))), b.width(), 1);
    }

    private void sums(Node a) {
        SDVariable r = a.rows();
        SDVariable sum = switch (random.nextInt(4)) {
            case 0 -> r.sum(true, 0);
            case 1 -> r.sum(true, 1);
            case 2 -> sd.math().tanh(sd.squaredNorm(r)).mul(0.5);
            default -> sd.math().tanh(sd.norm1(r));
        };
        keep(sd.math().tanh(r.add(sum)), a.width(), 1);
    }

    private void joined(Node a) {
        Node b = pick();
        keep(sd.concat(1, a.rows(), b.rows()), a.width() + b.width(), Math.max(a.size(), b.size()));
        if (a.width() + b.width() > 6) {
            Node wide = nodes.get(nodes.size() - 1);
            product(wide);
        }
    }

    private void finish() {
        Node last = nodes.get(nodes.size() - 1);
        Node other = nodes.get(random.nextInt(nodes.size()));
        SDVariable loss = sd.math()
                .square(last.rows())
                .sum()
                .add("loss", sd.math().tanh(other.rows()).sum());
        sd.setLossVariables(loss.name());
        Set<String> depends = new LinkedHashSet<>(last.leaves());
        depends.addAll(other.leaves());
        gradients.addAll(depends);
        outputs.add("loss");
        for (int i = random.nextInt(3); i > 0; i--) {
            String name = nodes.get(random.nextInt(nodes.size())).rows().name();
            if (!outputs.contains(name)) {
                outputs.add(name);
            }
        }
        sd.variables().stream()
                .map(SDVariable::name)
                .filter(name -> name.matches("[cw]\\d+") && random.nextInt(5) == 0)
                .forEach(outputs::add);
    }

    SameDiff graph() {
        return sd;
    }

    List<String> outputs() {
        return outputs;
    }

    /** The placeholder and the weights on which the loss depends. */
    List<String> gradients() {
        return gradients;
    }

    /** Inputs for {@code n} samples; one in eight entries is 0. */
    Map<String, INDArray> input(int n, long seed) {
        INDArray x = SmallNets.inputs(type, seed, n, features);
        INDArray kept = Nd4j.create(type, n, features);
        Random zeros = new Random(seed);
        for (long i = 0; i < x.length(); i++) {
            kept.putScalar(i, zeros.nextInt(8) == 0 ? 0 : x.getDouble(i));
        }
        return Map.of("x", kept);
    }
}
