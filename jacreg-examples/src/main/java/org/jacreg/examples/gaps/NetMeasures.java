package org.jacreg.examples.gaps;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jacreg.bounds.measures.JacobianSensitivity;
import org.jacreg.bounds.measures.LinearRegions;
import org.jacreg.bounds.measures.Measure;
import org.jacreg.bounds.measures.NoiseTolerance;
import org.jacreg.bounds.measures.NormMeasures;
import org.jacreg.bounds.measures.Sharpness;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.graph.GraphModel;
import org.jacreg.jacobian.Jacobian;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers of a trained network and its training digits that might go with its generalization gap. No test digit is looked at.
 *
 * <p>The margin that norms are divided by is the median one: positive wherever more than half of the digits are classified right, as
 * lower quantiles are not for networks under a great penalty. Where even the median is not positive, {@value #LEAST_MARGIN} stands
 * for it.
 */
public final class NetMeasures {

    private static final double LEAST_MARGIN = 1e-3;

    /** Digits for the measures that are searched for or averaged. */
    private static final int SOME = 200;

    private static final int ELLIPSE = 500;

    private final SameDiff graph;
    private final TrainedNet net;
    private final LabelledImages digits;
    private final Map<String, Double> measures = new LinkedHashMap<>();

    private NetMeasures(SameDiff graph, TrainedNet net, LabelledImages train) {
        this.graph = graph;
        this.net = net;
        this.digits = train.first(Math.min(SOME, train.count()));
    }

    /**
     * The measures.
     *
     * @param graph the network; not modified
     * @param initial the network before training; not modified
     * @param net the network with its training digits
     * @param train these digits
     * @param risks what was measured of it; training figures only are used
     * @param seed of the draws
     * @return values by name, for one kind of network always in the same order
     */
    public static Map<String, Double> of(
            SameDiff graph, SameDiff initial, TrainedNet net, LabelledImages train, Risks risks, long seed) {
        NetMeasures measures = new NetMeasures(graph, net, train);
        measures.addRisks(risks);
        measures.addMargins();
        measures.addNorms(LayeredNetwork.of(initial));
        measures.addEstimates(seed);
        return measures.measures;
    }

    private void addRisks(Risks risks) {
        measures.put("training loss", risks.loss().train());
        measures.put("mean ||J||_F", risks.frobenius().train());
        measures.put("mean ||J||_1,1", risks.l11().train());
    }

    private void addMargins() {
        measures.put("10% margin", net.marginQuantile(0.1));
        measures.put("median margin", net.marginQuantile(0.5));
    }

    private void addNorms(LayeredNetwork initial) {
        double margin = Math.max(LEAST_MARGIN, net.marginQuantile(0.5));
        for (Measure measure : NormMeasures.of(net.network(), initial, margin)) {
            // The same for every network of a study.
            if (!measure.name().equals("parameters")) {
                measures.put(measure.name(), measure.value());
            }
            if (measure.name().equals("spectral complexity")) {
                double scale = measure.value() * net.sampleNorm() / (double) net.size();
                measures.put("median margin / (R_A ||X||_F / n)", net.marginQuantile(0.5) / scale);
            }
        }
    }

    private void addEstimates(long seed) {
        INDArray x = digits.allFeatures();
        INDArray labels = digits.oneHot(digits.all(), net.network().classes());
        Jacobian jacobian = Jacobian.of(graph);
        measures.put(
                "mean ||J of softmax||_F",
                JacobianSensitivity.of(jacobian, net.network().logits(x), x).softmax());
        measures.put(
                "noise on weights borne",
                NoiseTolerance.seed(seed)
                        .draws(3)
                        .steps(8)
                        .build()
                        .estimate(net.network(), x, labels)
                        .sigma());
        measures.put(
                "sharpness",
                Sharpness.ball(0.5)
                        .steps(10)
                        .seed(seed)
                        .build()
                        .estimate(GraphModel.of(graph), x, labels)
                        .rise());
        if (!net.smooth() && digits.count() > 2) {
            measures.put("region transitions", (double) LinearRegions.transitions(
                    net.network(), LinearRegions.ellipse(digit(x, 0), digit(x, 1), digit(x, 2), ELLIPSE)));
        }
    }

    private static double[] digit(INDArray x, int index) {
        return x.getRow(index).toDoubleVector();
    }
}
