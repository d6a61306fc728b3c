package org.jacreg.examples.gaps;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.generalization.SpectralMargin;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;

/** Numbers of a trained network and its training digits that might go with its generalization gap. */
public final class NetMeasures {

    private NetMeasures() {}

    /**
     * The measures.
     *
     * @param net the network
     * @param risks what was measured of it; training figures only are used
     * @return values by name, always in the same order
     */
    public static Map<String, Double> of(TrainedNet net, Risks risks) {
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("training loss", risks.loss().train());
        measures.put("mean ||J||_F", risks.frobenius().train());
        measures.put("mean ||J||_1,1", risks.l11().train());
        measures.put("10% margin", net.marginQuantile(0.1));
        NetworkNorms norms = net.norms();
        measures.put("prod ||W||_2", norms.operatorProduct());
        measures.put("prod ||W||_F", norms.frobeniusProduct());
        measures.put("prod ||W||_inf", norms.rowL1Product());
        measures.put("sum ||W||_F^2 / ||W||_2^2", stableRanks(norms.layers()));
        measures.put("R_A", SpectralMargin.spectralComplexity(norms));
        return measures;
    }

    private static double stableRanks(List<LayerNorms> layers) {
        double sum = 0;
        for (LayerNorms layer : layers) {
            double ratio = layer.frobenius() / layer.operator();
            sum += ratio * ratio;
        }
        return sum;
    }
}
