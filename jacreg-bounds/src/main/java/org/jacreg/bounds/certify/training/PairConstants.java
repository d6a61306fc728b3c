package org.jacreg.bounds.certify.training;

import java.util.List;
import org.jacreg.graph.GraphModel;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** {@code K_ij = L ||w_i - w_j||_2} in the graph, by estimates of the layers' norms. */
final class PairConstants {

    private PairConstants() {}

    /** Adds them: {@code [C, C]}, 0 on the diagonal. */
    static SDVariable emit(GraphModel model, LipschitzFactors factors, NormEstimates norms, ClassPairs pairs) {
        SameDiff sd = model.sameDiff();
        SDVariable columns = pairs.differencesOf(factors.last().weights());
        long inputs = factors.last().site().probe().spec(factors.last().input()).dim(1);
        long all = (long) pairs.classes() * pairs.classes();
        // of three axes, because ND4J fails to fold an axis of length 1 of a matrix
        SDVariable squares = sd.sum(sd.reshape(columns.mul(columns), 1, inputs, all), 1);
        SDVariable distances = sd.reshape(Roots.of(squares), pairs.classes(), pairs.classes());
        List<SDVariable> estimates = norms.norms();
        SDVariable product = distances.mul(factors.constant());
        for (SDVariable estimate : estimates) {
            product = product.mul(estimate.castTo(product.dataType()));
        }
        return product;
    }
}
