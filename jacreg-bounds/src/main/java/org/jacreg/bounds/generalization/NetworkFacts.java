package org.jacreg.bounds.generalization;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.LinearLayer;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.rademacher.Assumption;
import org.jacreg.bounds.rounding.RoundUp;
import org.jspecify.annotations.Nullable;

/**
 * What theorems know of a network: its norms and, where its layers were seen, which activations and poolings it has. Made of
 * norms alone, conditions on these are taken on the caller's word; made of layers, they are checked. Immutable: made once, it
 * serves several theorems.
 */
public final class NetworkFacts {

    private final NetworkNorms norms;
    private final @Nullable LayeredNetwork network;

    private NetworkFacts(NetworkNorms norms, @Nullable LayeredNetwork network) {
        this.norms = norms;
        this.network = network;
    }

    /**
     * Facts from norms alone.
     *
     * @param norms the norms
     * @return the facts
     */
    public static NetworkFacts of(NetworkNorms norms) {
        return new NetworkFacts(norms, null);
    }

    /**
     * Facts from a network's layers. Biases are absorbed if one of them is not zero. Computes the norms.
     *
     * @param network the network
     * @return the facts
     * @throws IllegalStateException if an activation stands before the first or behind the last layer with weights
     */
    public static NetworkFacts of(LayeredNetwork network) {
        boolean biased = false;
        for (LinearLayer layer : network.linearLayers()) {
            for (double b : layer.bias()) {
                biased |= b != 0;
            }
        }
        return new NetworkFacts(biased ? network.normsWithBiases() : network.norms(), network);
    }

    /**
     * The norms.
     *
     * @return the norms that the theorems take
     */
    public NetworkNorms norms() {
        return norms;
    }

    boolean layersSeen() {
        return network != null;
    }

    /** Refuses layers that were seen to be other than ReLU, leaky ReLU, linear ones and means. */
    void requireRelu(String reason) {
        if (network == null) {
            return;
        }
        List<String> obstacles = new ArrayList<>();
        for (Layer layer : network.layers()) {
            if (layer instanceof Activation activation && !isRelu(activation.function())) {
                obstacles.add("activation '" + layer.name() + "' is "
                        + activation.function().kind());
            }
            if (layer instanceof Pooling pooling && pooling.kind() == Pooling.Kind.MAXIMUM) {
                obstacles.add("pooling '" + layer.name() + "' takes a maximum");
            }
        }
        if (!obstacles.isEmpty()) {
            throw new IllegalArgumentException("network: got " + String.join(", ", obstacles)
                    + ", wanted ReLU or leaky ReLU and no max pooling: " + reason);
        }
    }

    private static boolean isRelu(ActivationFunction function) {
        return function.kind() == ActivationFunction.Kind.RELU || function.kind() == ActivationFunction.Kind.LEAKY_RELU;
    }

    /** {@code ||X||_F} with the constant coordinate of biases: {@code sqrt(||X||_F^2 + n)}. */
    double extended(double sampleNorm, long n) {
        if (!(sampleNorm >= 0 && sampleNorm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "norm ||X||_F of the sample: got " + sampleNorm + ", wanted a nonnegative finite number");
        }
        return norms.biases()
                ? RoundUp.sqrt(RoundUp.sum(RoundUp.product(sampleNorm, sampleNorm), (double) n))
                : sampleNorm;
    }

    /** The conditions that all theorems about networks share. */
    List<Assumption> assumptions() {
        List<Assumption> all = new ArrayList<>();
        all.add(Assumption.checked("phi(0) = 0 for all activations, and finite Lipschitz constants"));
        if (norms.biases()) {
            all.add(Assumption.checked("biases are absorbed into the layers' matrices"));
        } else {
            all.add(new Assumption("the network has no biases", layersSeen()));
        }
        for (LayerNorms layer : norms.layers()) {
            if (layer.parameters() == 0) {
                all.add(Assumption.assumed("layer '" + layer.name()
                        + "', which has no free parameters, was fixed before the sample was seen"));
            }
        }
        all.add(Assumption.assumed("the sample is drawn independently from the distribution"));
        return all;
    }

    Assumption relu() {
        return new Assumption("activations are ReLU or leaky ReLU, without max pooling", layersSeen());
    }

    @Override
    public String toString() {
        return "NetworkFacts(" + norms.depth() + " layers, " + norms.parameters() + " parameters, "
                + (layersSeen() ? "layers seen" : "norms alone") + ")";
    }
}
