package org.jacreg.bounds.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jacreg.graph.GraphModel;
import org.jacreg.report.Fingerprint;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A classifier as a sequence of layers, from input to logits, held in float64.
 *
 * <p>Read from a graph, weights are copied: later training does not change the network. Batch normalisation with fixed
 * statistics, input normalisation, biases and other arithmetic by constants are folded into the dense layer or convolution
 * beside them; where that is not possible, into a {@link Scaling} of their own. Reshapes that keep the order of the numbers
 * vanish.
 *
 * <p>Immutable, safe for use by several threads. A network of a million parameters takes 8 MB.
 */
public final class LayeredNetwork {

    private final List<Layer> layers;

    private LayeredNetwork(List<Layer> layers) {
        this.layers = List.copyOf(layers);
        for (int i = 1; i < layers.size(); i++) {
            if (layers.get(i).inputs() != layers.get(i - 1).outputs()) {
                throw new IllegalArgumentException("layer '" + layers.get(i).name() + "' takes "
                        + layers.get(i).inputs() + " numbers, but layer '"
                        + layers.get(i - 1).name() + "' before it gives "
                        + layers.get(i - 1).outputs());
            }
        }
        if (linearLayers().isEmpty()) {
            throw new IllegalArgumentException("network of " + layers.size()
                    + " layers: none of them has weights; wanted a dense layer or a convolution");
        }
    }

    /**
     * Reads a graph.
     *
     * @param sd the graph; not modified
     * @return the network
     * @throws UnlayeredGraphException if the graph is no sequence of layers: it has residual connections, attention,
     *     recurrence or other ops that are no layers; the message lists all of them
     * @throws IllegalArgumentException if input and logits cannot be told, or a weight is not finite
     */
    public static LayeredNetwork of(SameDiff sd) {
        return of(GraphModel.of(sd));
    }

    /**
     * Reads a graph whose input and logits are named.
     *
     * @param model the graph; not modified
     * @return the network
     * @throws UnlayeredGraphException if the graph is no sequence of layers
     * @throws IllegalArgumentException if a shape is unknown or a weight is not finite
     */
    public static LayeredNetwork of(GraphModel model) {
        return new LayeredNetwork(LayerFolding.fold(new GraphReader(model).layers()));
    }

    /**
     * A network of given layers, taken as they are.
     *
     * @param layers from input to logits
     * @return the network
     * @throws IllegalArgumentException if sizes do not fit, or no layer has weights
     */
    public static LayeredNetwork of(List<Layer> layers) {
        return new LayeredNetwork(layers);
    }

    /**
     * The layers.
     *
     * @return from input to logits
     */
    public List<Layer> layers() {
        return layers;
    }

    /**
     * The layers that have weights.
     *
     * @return from input to logits, at least one
     */
    public List<LinearLayer> linearLayers() {
        return layers.stream()
                .filter(LinearLayer.class::isInstance)
                .map(LinearLayer.class::cast)
                .toList();
    }

    /**
     * The size of one sample.
     *
     * @return {@code d}
     */
    public int inputs() {
        return layers.get(0).inputs();
    }

    /**
     * The number of classes.
     *
     * @return the number of logits
     */
    public int classes() {
        return layers.get(layers.size() - 1).outputs();
    }

    /**
     * What the network is known by again: a hash of its layers' kinds, geometry and parameters in float64. Names do not matter.
     *
     * @return the SHA-256, 64 hexadecimal digits; computed anew at every call
     */
    public String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        layers.forEach(layer -> layer.addTo(fingerprint));
        return fingerprint.hex();
    }

    /**
     * Evaluates the network on one sample.
     *
     * @param x {@link #inputs()} numbers; not modified
     * @return the logits, a fresh array
     * @throws IllegalArgumentException if {@code x} has another length
     */
    public double[] logits(double[] x) {
        List<double[]> values = values(x);
        return values.get(values.size() - 1);
    }

    /**
     * What every layer gives for one sample.
     *
     * @param x {@link #inputs()} numbers; not modified
     * @return fresh arrays, in the order of {@link #layers()}
     * @throws IllegalArgumentException if {@code x} has another length
     */
    public List<double[]> values(double[] x) {
        if (x.length != inputs()) {
            throw new IllegalArgumentException(
                    "sample: got " + x.length + " numbers, wanted " + inputs() + ", the size of the network's input");
        }
        List<double[]> values = new ArrayList<>();
        double[] last = x;
        for (Layer layer : layers) {
            last = layer.apply(last);
            values.add(last);
        }
        return values;
    }

    /**
     * Evaluates the network on a batch, samples in parallel.
     *
     * @param x {@code [N, *inputShape]} of any numeric type; not modified
     * @return {@code [N, C]} in float64, a fresh array
     * @throws IllegalArgumentException if samples have another size
     */
    public INDArray logits(INDArray x) {
        double[][] samples = x.castTo(DataType.DOUBLE)
                .dup('c')
                .reshape('c', x.size(0), x.length() / x.size(0))
                .toDoubleMatrix();
        double[][] logits = IntStream.range(0, samples.length)
                .parallel()
                .mapToObj(i -> logits(samples[i]))
                .toArray(double[][]::new);
        return Nd4j.createFromArray(logits);
    }

    /**
     * The norms that bounds take, without biases.
     *
     * @return upper bounds, rounded outward; computed anew at every call
     * @throws IllegalStateException if an activation stands before the first or behind the last layer with weights
     */
    public NetworkNorms norms() {
        return NormsOfLayers.of(layers, false);
    }

    /**
     * The norms that bounds take, with the biases absorbed as {@link NetworkNorms} says.
     *
     * @return upper bounds, rounded outward; computed anew at every call
     * @throws IllegalStateException if an activation stands before the first or behind the last layer with weights
     */
    public NetworkNorms normsWithBiases() {
        return NormsOfLayers.of(layers, true);
    }

    /**
     * How far the weights are from those of another network with the same structure, usually this one's at initialisation:
     * norms of the differences of the linear maps, layer by layer.
     *
     * @param other the other network
     * @param withBiases whether the biases are absorbed; the fixed row {@code (0, 1)} then cancels
     * @return upper bounds, rounded outward
     * @throws IllegalArgumentException if the networks differ in structure
     */
    public List<LayerNorms> distances(LayeredNetwork other, boolean withBiases) {
        List<LinearLayer> mine = linearLayers();
        List<LinearLayer> theirs = other.linearLayers();
        if (mine.size() != theirs.size()) {
            throw new IllegalArgumentException("networks to compare: got " + mine.size() + " and " + theirs.size()
                    + " layers with weights, wanted equally many");
        }
        return IntStream.range(0, mine.size())
                .mapToObj(l -> NormsOfLayers.ofDifference(mine.get(l).minus(theirs.get(l)), withBiases))
                .toList();
    }

    /**
     * The same network with other free parameters.
     *
     * @param change called once for every free parameter, layer by layer, always in the same order; gives its new value
     * @return another network
     * @throws IllegalArgumentException if a new value is not finite
     */
    public LayeredNetwork changed(DoubleUnaryOperator change) {
        List<Layer> result = new ArrayList<>();
        for (Layer layer : layers) {
            result.add(layer instanceof LinearLayer linear ? linear.changed(change) : layer);
        }
        return new LayeredNetwork(result);
    }

    /**
     * The logarithm of the squared l2 path norm: of the sum, over all paths from an input or a bias to a logit, of the
     * product of the squared weights along the path. Activations count as 1; a maximum pooling passes the largest sum of
     * its window, a mean over k entries has weights 1/k.
     *
     * <p>It is what the network with all weights squared gives for an input of ones, added up over the logits, which is how
     * Dziugaite et al. (2020) compute it; the norm is Neyshabur, Tomioka and Srebro's (2015).
     *
     * @return the natural logarithm, which a deep network does not overflow; minus infinity if all paths are 0
     */
    public double logSquaredPathNorm() {
        return PathSum.log(layers);
    }

    /**
     * The number of free parameters, weights and biases.
     *
     * @return the sum over the layers
     */
    public long parameters() {
        return linearLayers().stream()
                .mapToLong(layer -> layer.weightCount() + layer.biasCount())
                .sum();
    }
}
