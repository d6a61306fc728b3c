package org.jacreg.examples.gaps;

import java.util.Arrays;
import org.jacreg.bounds.generalization.Margins;
import org.jacreg.bounds.generalization.NetworkFacts;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A trained network as theorems see it: norms of its layers, size of its sample, margins on it. Pixels lie in [0, 1]. */
public final class TrainedNet {

    private static final int CHUNK = 1_000;

    private final LayeredNetwork network;
    private final NetworkFacts facts;
    private final Margins margins;
    private final double[] sortedMargins;
    private final double sampleNorm;

    private TrainedNet(LayeredNetwork network, double[] margins, double sampleNorm) {
        this.network = network;
        this.facts = NetworkFacts.of(network);
        this.margins = Margins.of(margins);
        this.sortedMargins = margins.clone();
        Arrays.sort(sortedMargins);
        this.sampleNorm = sampleNorm;
    }

    /**
     * Reads a network.
     *
     * @param graph the network; not modified
     * @param model the same
     * @param train all digits it was trained on
     * @return what theorems need of it
     * @throws org.jacreg.bounds.network.UnlayeredGraphException if the graph is no sequence of layers
     */
    public static TrainedNet of(SameDiff graph, Classifier model, LabelledImages train) {
        LayeredNetwork network = LayeredNetwork.of(graph);
        double[] margins = new double[train.count()];
        double squares = 0;
        for (int from = 0; from < margins.length; from += CHUNK) {
            int[] some = new int[Math.min(CHUNK, margins.length - from)];
            for (int i = 0; i < some.length; i++) {
                some[i] = from + i;
            }
            INDArray x = train.features(some);
            double[][] logits = model.logits(x).toDoubleMatrix();
            for (int i = 0; i < some.length; i++) {
                margins[from + i] = margin(logits[i], train.label(from + i));
            }
            for (float[] row : x.toFloatMatrix()) {
                for (float pixel : row) {
                    squares += (double) pixel * pixel;
                }
            }
        }
        // Some million roundings of at most 2^-53 each.
        return new TrainedNet(network, margins, Math.sqrt(squares) * (1 + 1e-8));
    }

    private static double margin(double[] logits, int label) {
        double other = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < logits.length; c++) {
            other = c == label ? other : Math.max(other, logits[c]);
        }
        return logits[label] - other;
    }

    /** The layers. */
    LayeredNetwork network() {
        return network;
    }

    NetworkFacts facts() {
        return facts;
    }

    /** Of the network, biases absorbed where there are any. */
    NetworkNorms norms() {
        return facts.norms();
    }

    Margins margins() {
        return margins;
    }

    /** Every margin less a number. */
    Margins marginsLess(double loss) {
        return Margins.of(
                Arrays.stream(sortedMargins).map(margin -> margin - loss).toArray());
    }

    /** The margin that a share of the digits does not exceed. */
    double marginQuantile(double share) {
        return sortedMargins[(int) Math.floor(share * (sortedMargins.length - 1))];
    }

    /** {@code ||X||_F} of the training digits. */
    double sampleNorm() {
        return sampleNorm;
    }

    /** {@code sqrt(d)}: no image with pixels in [0, 1] is larger. */
    double largestInput() {
        return Math.sqrt((double) network.inputs());
    }

    long size() {
        return margins.size();
    }

    /** Whether derivatives of the activations do not jump. */
    boolean smooth() {
        return norms().activationSmoothness() < Double.POSITIVE_INFINITY;
    }
}
