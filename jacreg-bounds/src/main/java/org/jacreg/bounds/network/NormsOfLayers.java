package org.jacreg.bounds.network;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.bounds.rounding.RoundUp;

/** Norms of layers and of networks made of them. */
final class NormsOfLayers {

    /** How a bias is absorbed into a layer's matrix. */
    private enum Absorbed {
        /** Not at all. */
        NOT,
        /** {@code [W, b]}. */
        COLUMN,
        /** {@code [[W, b], [0, 1]]}. */
        COLUMN_AND_ROW
    }

    private NormsOfLayers() {}

    static NetworkNorms of(List<Layer> layers, boolean biases) {
        requireLinearEnds(layers);
        List<LayerNorms> norms = new ArrayList<>();
        long last = layers.stream().filter(LinearLayer.class::isInstance).count();
        double pooling = 1;
        for (Layer layer : layers) {
            if (layer instanceof LinearLayer linear) {
                boolean isLast = norms.size() + 1 == last;
                Absorbed absorbed = !biases ? Absorbed.NOT : isLast ? Absorbed.COLUMN : Absorbed.COLUMN_AND_ROW;
                norms.add(norms(linear, absorbed));
            } else if (layer instanceof Pooling) {
                // the constant coordinate passes a pooling unchanged
                double constant = layer.lipschitz();
                pooling = RoundUp.product(pooling, biases ? Math.max(1, constant) : constant);
            }
        }
        Gaps gaps = Gaps.of(layers);
        double lipschitz = biases ? Math.max(1, gaps.lipschitz) : gaps.lipschitz;
        return new NetworkNorms(norms, lipschitz, gaps.smoothness, gaps.atZero, pooling, biases);
    }

    private static void requireLinearEnds(List<Layer> layers) {
        boolean activationFirst = false;
        boolean linearSeen = false;
        Layer trailing = null;
        for (Layer layer : layers) {
            if (layer instanceof LinearLayer) {
                linearSeen = true;
                trailing = null;
            } else if (layer instanceof Activation) {
                activationFirst |= !linearSeen;
                trailing = layer;
            }
        }
        if (activationFirst || trailing != null) {
            throw new IllegalStateException("norms of a network: an activation stands "
                    + (activationFirst ? "before the first" : "behind the last")
                    + " layer with weights; the theorems are about networks that begin and end with such a layer. Name the"
                    + " logits before the activation with GraphModel.builder(sd).logits(\"...\")");
        }
    }

    static LayerNorms ofDifference(LinearLayer difference, boolean biases) {
        return norms(difference, biases ? Absorbed.COLUMN : Absorbed.NOT);
    }

    private static LayerNorms norms(LinearLayer layer, Absorbed absorbed) {
        if (absorbed == Absorbed.NOT) {
            double[] rowL2 = layer.rowL2();
            double frobenius = ComputedSums.norm(rowL2);
            return new LayerNorms(
                    layer.name(),
                    Math.min(layer.operatorNorm(), frobenius),
                    frobenius,
                    ComputedSums.absoluteSum(rowL2),
                    ComputedSums.largest(layer.rowL1()),
                    ComputedSums.largest(layer.columnL1()),
                    layer.inputs(),
                    layer.outputs(),
                    layer.weightCount());
        }
        return withBias(layer, absorbed == Absorbed.COLUMN_AND_ROW);
    }

    private static LayerNorms withBias(LinearLayer layer, boolean withRow) {
        double[] bias = layer.bias();
        double[] rowL2 = layer.rowL2();
        double[] rowL1 = layer.rowL1();
        double largestRow = withRow ? 1 : 0;
        for (int i = 0; i < bias.length; i++) {
            rowL2[i] = ComputedSums.norm(rowL2[i], bias[i]);
            largestRow = Math.max(largestRow, ComputedSums.absoluteSum(rowL1[i], bias[i]));
        }
        double one = withRow ? 1 : 0;
        double frobenius = ComputedSums.norm(ComputedSums.norm(rowL2), one);
        double biasL1 = ComputedSums.absoluteSum(ComputedSums.absoluteSum(bias), one);
        return new LayerNorms(
                layer.name(),
                Math.min(operatorWithBias(layer, bias, withRow), frobenius),
                frobenius,
                ComputedSums.absoluteSum(ComputedSums.absoluteSum(rowL2), one),
                largestRow,
                Math.max(ComputedSums.largest(layer.columnL1()), biasL1),
                layer.inputs() + 1L,
                layer.outputs() + (withRow ? 1L : 0L),
                layer.weightCount() + layer.biasCount());
    }

    /** For a dense layer of the matrix itself; for others, of the matrix of norms {@code [[||W||, ||b||], [0, 1]]}. */
    private static double operatorWithBias(LinearLayer layer, double[] bias, boolean withRow) {
        if (layer instanceof Affine affine) {
            return affine.homogeneous(withRow).operatorNorm();
        }
        double[][] norms = {{layer.operatorNorm(), ComputedSums.norm(bias)}, {0, withRow ? 1 : 0}};
        return DenseGram.operatorNorm(norms);
    }

    /**
     * The worst constants of what stands between two layers with weights.
     *
     * @param lipschitz of the activations between two of them, one after the other; 1 where there is none
     * @param smoothness of their composition's derivative
     * @param atZero the largest {@code |phi(0)|}
     */
    private record Gaps(double lipschitz, double smoothness, double atZero) {

        static Gaps of(List<Layer> layers) {
            double lipschitz = 0;
            double smoothness = 0;
            double atZero = 0;
            boolean seen = false;
            double l = 1;
            double beta = 0;
            for (Layer layer : layers) {
                if (layer instanceof LinearLayer) {
                    lipschitz = seen ? Math.max(lipschitz, l) : lipschitz;
                    smoothness = seen ? Math.max(smoothness, beta) : smoothness;
                    seen = true;
                    l = 1;
                    beta = 0;
                } else if (layer instanceof Activation activation) {
                    ActivationFunction phi = activation.function();
                    // (phi . psi)' = phi'(psi) psi', so beta is at most beta_phi L_psi^2 + L_phi beta_psi
                    beta = RoundUp.product(phi.smoothness(), l * l) + RoundUp.product(beta, phi.lipschitz());
                    l = RoundUp.product(l, phi.lipschitz());
                    atZero = Math.max(atZero, Math.abs(phi.value(0)));
                } else if (seen && layer instanceof Pooling pooling && pooling.kind() == Pooling.Kind.MAXIMUM) {
                    beta = Double.POSITIVE_INFINITY;
                }
            }
            return new Gaps(lipschitz == 0 ? 1 : lipschitz, smoothness, atZero);
        }
    }
}
