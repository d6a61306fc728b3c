package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.Convolution;
import org.jacreg.bounds.network.OpLayers;

/** Builds a {@link BoundGraph} node by node. Methods give the new node's number; the input's is 0. Not safe for several threads. */
public final class BoundGraphBuilder {

    private final List<BoundNode> nodes = new ArrayList<>();

    BoundGraphBuilder(String input, int size) {
        requireSome("inputs", size);
        nodes.add(new InputNode(input, size));
    }

    /**
     * A dense layer {@code W h + b}.
     *
     * @param from the node that it reads
     * @param weights {@code W} of shape [outputs, inputs]; copied
     * @param bias {@code b}; copied
     * @return the new node
     * @throws IllegalArgumentException if sizes do not fit or a number is not finite
     */
    public int dense(int from, double[][] weights, double[] bias) {
        requireSome("outputs", weights.length);
        double[] flat = new double[Math.multiplyExact(weights.length, size(from))];
        for (int i = 0; i < weights.length; i++) {
            if (weights[i].length != size(from) || bias.length != weights.length) {
                throw new IllegalArgumentException("dense layer behind " + nodes.get(from) + ": got " + weights.length
                        + " rows, row " + i + " of " + weights[i].length + " numbers, and " + bias.length
                        + " biases; wanted rows of " + size(from) + " and one bias for each");
            }
            System.arraycopy(weights[i], 0, flat, i * size(from), size(from));
        }
        return linear("dense " + nodes.size(), from, new DenseMap(flat, weights.length, size(from)), bias);
    }

    /**
     * A convolution.
     *
     * @param from the node that it reads
     * @param convolution the layer
     * @return the new node
     * @throws IllegalArgumentException if sizes do not fit
     */
    public int convolution(int from, Convolution convolution) {
        requireSize("convolution '" + convolution.name() + "'", convolution.inputs(), from);
        SparseMap.Builder map = new SparseMap.Builder(convolution.outputs(), convolution.inputs());
        OpLayers.forEachEntry(convolution, map::add);
        return linear(convolution.name(), from, map.build(), convolution.bias());
    }

    /**
     * An activation.
     *
     * @param from the node that it reads
     * @param function the function
     * @return the new node
     */
    public int activation(int from, ActivationFunction function) {
        return put(new ActivationNode("activation " + nodes.size(), size(from), from, function));
    }

    /**
     * Maxima over windows.
     *
     * @param from the node that it reads
     * @param windows for every output the indices of its inputs; copied
     * @return the new node
     * @throws IllegalArgumentException if a window is empty or an index is none
     */
    public int maximum(int from, int[][] windows) {
        requireSome("windows", windows.length);
        for (int[] window : windows) {
            if (window.length == 0 || Arrays.stream(window).anyMatch(j -> j < 0 || j >= size(from))) {
                throw new IllegalArgumentException("window " + Arrays.toString(window)
                        + ": wanted at least one index in [0, " + size(from) + "), the size of " + nodes.get(from));
            }
        }
        return put(new MaximumNode("maximum " + nodes.size(), from, windows));
    }

    /**
     * The sum of two nodes, as in a residual connection.
     *
     * @param a a node
     * @param b another of the same size, or the same
     * @return the new node
     * @throws IllegalArgumentException if sizes differ
     */
    public int add(int a, int b) {
        return sum("sum " + nodes.size(), a, b, 1);
    }

    /**
     * The product of two nodes, number by number, as in a gate.
     *
     * @param a a node
     * @param b another of the same size, or the same for squares
     * @return the new node
     * @throws IllegalArgumentException if sizes differ
     */
    public int multiply(int a, int b) {
        String name = "product " + nodes.size();
        if (a == b) {
            return put(new CurveNode(name, size(a), a, Curve.SQUARE));
        }
        requireSize("product with " + nodes.get(a), size(a), b);
        int both = concatenate(a, b);
        int[] left = new int[size(a)];
        int[] right = new int[left.length];
        Arrays.setAll(left, i -> i);
        Arrays.setAll(right, i -> left.length + i);
        return put(new ProductNode(name, both, left, right));
    }

    /**
     * The softmax over all numbers of a node, as a part of the network; behind the logits it is better left out.
     *
     * @param from the node, of at least two numbers
     * @return the new node
     * @throws IllegalArgumentException if there are fewer
     */
    public int softmax(int from) {
        int[] all = new int[size(from)];
        Arrays.setAll(all, i -> i);
        if (all.length < 2) {
            throw new IllegalArgumentException("softmax of " + nodes.get(from) + ": wanted at least 2 numbers");
        }
        return NormalizingOps.softmax(this, "softmax " + nodes.size(), from, new int[][] {all});
    }

    /**
     * Several nodes' numbers, one behind another.
     *
     * @param from the nodes
     * @return the new node
     */
    public int concatenate(int... from) {
        int total = Arrays.stream(from).map(this::size).sum();
        int[] source = new int[total];
        int[] at = new int[total];
        int next = 0;
        for (int k = 0; k < from.length; k++) {
            for (int i = 0; i < size(from[k]); i++) {
                source[next] = k;
                at[next++] = i;
            }
        }
        requireSome("numbers to concatenate", total);
        return put(new JoinNode("concatenation " + nodes.size(), from, source, at));
    }

    /**
     * Finishes.
     *
     * @param output the node whose values are the logits
     * @param arithmetic how the network is evaluated
     * @return the graph; this builder can go on
     */
    public BoundGraph build(int output, Arithmetic arithmetic) {
        size(output);
        return new BoundGraph(nodes, output, arithmetic);
    }

    int size(int node) {
        if (node < 0 || node >= nodes.size()) {
            throw new IllegalArgumentException("node " + node + ": there are " + nodes.size() + " nodes, from 0 on");
        }
        return nodes.get(node).size();
    }

    BoundNode node(int k) {
        return nodes.get(k);
    }

    int put(BoundNode node) {
        nodes.add(node);
        return nodes.size() - 1;
    }

    int linear(String name, int from, LinearMap map, double[] bias) {
        double[] b = bias.clone();
        double[] magnitude = Arrays.stream(b).map(Math::abs).toArray();
        requireFinite(name, map.largest());
        requireFinite(name, Arrays.stream(magnitude).sum());
        return put(LinearNode.of(name, from, map, b, magnitude));
    }

    /** {@code s . h + t}, taken into the linear node that it reads where nothing else does. */
    int diagonal(String name, int from, double[] s, double[] t, double[] magnitude, boolean onlyReader) {
        requireFinite(name, Arrays.stream(s).map(Math::abs).sum());
        requireFinite(name, Arrays.stream(magnitude).sum());
        if (onlyReader && from == nodes.size() - 1 && nodes.get(from) instanceof LinearNode linear) {
            if (LinearNode.fusible(s) && linear.size() == s.length) {
                nodes.set(from, linear.then(name, s, t, magnitude));
                return from;
            }
        }
        requireSize("'" + name + "'", s.length, from);
        return put(LinearNode.of(name, from, new DiagonalMap(s), t, magnitude));
    }

    int sum(String name, int a, int b, int sign) {
        if (size(a) != size(b)) {
            throw new IllegalArgumentException("sum of " + nodes.get(a) + " and " + nodes.get(b) + ": sizes differ");
        }
        return put(new SumNode(name, size(a), a, b, sign));
    }

    private void requireSize(String what, int wanted, int from) {
        if (size(from) != wanted) {
            throw new IllegalArgumentException(
                    what + " takes " + wanted + " numbers, but " + nodes.get(from) + " gives " + size(from));
        }
    }

    private static void requireSome(String what, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("number of " + what + ": got " + count + ", wanted at least 1");
        }
    }

    private static void requireFinite(String name, double value) {
        if (!(value < Rounding.LARGEST)) {
            throw new IllegalArgumentException("layer '" + name
                    + "': weights or biases hold NaN, infinity or numbers above 2^400" + "; did training diverge?");
        }
    }
}
