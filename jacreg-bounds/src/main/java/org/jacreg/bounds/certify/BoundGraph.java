package org.jacreg.bounds.certify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.GraphModel;
import org.jacreg.report.Fingerprint;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A classifier as a graph of ops with known bounds: linear maps, activations, maximum pooling, sums, products, softmax and concatenations on
 * flat samples, with weights in float64.
 *
 * <p>{@link #of(SameDiff)} reads a SameDiff graph and refuses it, naming every obstacle, if it holds anything else: an op without a
 * rule gets no certificate. A softmax or log-softmax that ends the graph leaves the order of the classes: what stands before it is read, with
 * what its rounding can do to the order as an error, and margins and losses are those of the logits. {@link #builder} makes a graph of numbers. Weights are copied; later training does not change the graph.
 *
 * <p>Immutable, safe for use by several threads. Dense weights take 16 bytes each, entries of convolutions' matrices 24.
 */
public final class BoundGraph {

    private final List<BoundNode> nodes;
    private final Map<BoundNode, Integer> indices = new HashMap<>();
    private final List<List<NonlinearNode>> readers = new ArrayList<>();
    private final List<List<Integer>> allReaders = new ArrayList<>();
    private final boolean[] affine;
    private final int output;
    private final Arithmetic arithmetic;

    BoundGraph(List<BoundNode> nodes, int output, Arithmetic arithmetic) {
        this.nodes = List.copyOf(nodes.subList(0, output + 1));
        this.output = output;
        this.arithmetic = arithmetic;
        this.affine = new boolean[this.nodes.size()];
        for (int k = 0; k <= output; k++) {
            BoundNode node = nodes.get(k);
            indices.put(node, k);
            readers.add(new ArrayList<>());
            allReaders.add(new ArrayList<>());
            affine[k] = !(node instanceof NonlinearNode);
            for (int i = 0; i < node.inputCount(); i++) {
                affine[k] &= affine[node.input(i)];
                noteReader(node.input(i), k);
                if (node instanceof NonlinearNode reader) {
                    readers.get(node.input(i)).add(reader);
                }
            }
        }
    }

    private void noteReader(int input, int reader) {
        List<Integer> there = allReaders.get(input);
        if (!there.contains(reader)) {
            there.add(reader);
        }
    }

    /**
     * Reads a graph.
     *
     * @param sd the graph; not modified
     * @return the graph of bounds, in the arithmetic of its type
     * @throws UnboundableGraphException if an op has no rule, a shape is unknown to its rule, or a weight is not finite; the message
     *     lists all obstacles
     * @throws IllegalArgumentException if input and logits cannot be told
     */
    public static BoundGraph of(SameDiff sd) {
        return of(GraphModel.of(sd));
    }

    /**
     * Reads a graph whose input and logits are named.
     *
     * @param model the graph; not modified
     * @return the graph of bounds, in the arithmetic of its type
     * @throws UnboundableGraphException if an op has no rule, a shape is unknown to its rule, or a weight is not finite
     */
    public static BoundGraph of(GraphModel model) {
        return new BoundGraphReader(model, OpReaders.standard()).read();
    }

    /**
     * Starts a graph of numbers.
     *
     * @param inputs the size of a sample
     * @return a builder that holds the input alone
     * @throws IllegalArgumentException if the size is not positive
     */
    public static BoundGraphBuilder builder(int inputs) {
        return new BoundGraphBuilder("input", inputs);
    }

    /**
     * The size of one sample.
     *
     * @return {@code d}
     */
    public int inputs() {
        return nodes.get(0).size();
    }

    /**
     * The number of classes.
     *
     * @return the number of logits
     */
    public int classes() {
        return nodes.get(output).size();
    }

    /**
     * How the graph's owner evaluates it.
     *
     * @return the arithmetic of the graph's type
     */
    public Arithmetic arithmetic() {
        return arithmetic;
    }

    /**
     * The network on one sample, in float64.
     *
     * @param x {@link #inputs()} numbers; not modified
     * @return the logits, a fresh array
     * @throws IllegalArgumentException if {@code x} has another length
     */
    public double[] logits(double[] x) {
        if (x.length != inputs()) {
            throw new IllegalArgumentException("sample: got " + x.length + " numbers, wanted " + inputs());
        }
        double[][] values = new double[nodes.size()][];
        for (int k = 0; k < values.length; k++) {
            BoundNode node = nodes.get(k);
            double[][] in = new double[Math.max(1, node.inputCount())][];
            in[0] = x;
            for (int i = 0; i < node.inputCount(); i++) {
                in[i] = values[node.input(i)];
            }
            values[k] = node.evaluate(in);
        }
        return values[output].clone();
    }

    /**
     * The ops, one line each.
     *
     * @return kind, name and size of every node, in the order of computation
     */
    public List<String> describe() {
        return nodes.stream().map(BoundNode::toString).toList();
    }

    /**
     * What the graph is known by again: a hash of its ops, their wiring, its weights in float64 and its arithmetic. Names do not matter.
     *
     * @return the SHA-256, 64 hexadecimal digits; computed anew at every call
     */
    public String fingerprint() {
        Fingerprint fingerprint = new Fingerprint().add(arithmetic.name()).add(nodes.size());
        for (BoundNode node : nodes) {
            fingerprint.add(node.size()).add(node.inputCount());
            for (int i = 0; i < node.inputCount(); i++) {
                fingerprint.add(node.input(i));
            }
            node.addTo(fingerprint);
        }
        return fingerprint.hex();
    }

    int size() {
        return nodes.size();
    }

    int output() {
        return output;
    }

    BoundNode node(int k) {
        return nodes.get(k);
    }

    int indexOf(BoundNode node) {
        Integer index = indices.get(node);
        if (index == null) {
            throw new IllegalArgumentException(node + " is not in this graph");
        }
        return index;
    }

    List<NonlinearNode> nonlinearReaders(int node) {
        return readers.get(node);
    }

    /** The nodes that take a node's values, each once, in order. */
    List<Integer> readers(int node) {
        return allReaders.get(node);
    }

    boolean hasNonlinearReader(int node) {
        return !readers.get(node).isEmpty();
    }

    /** Whether a node's values are an affine function of the input. */
    boolean isAffine(int node) {
        return affine[node];
    }

    /** How many numbers all nodes give for a sample. */
    long numbers() {
        return nodes.stream().mapToLong(BoundNode::size).sum();
    }

    int widest() {
        return nodes.stream().mapToInt(BoundNode::size).max().orElseThrow();
    }
}
