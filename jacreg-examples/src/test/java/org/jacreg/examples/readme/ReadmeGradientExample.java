package org.jacreg.examples.readme;

import org.jacreg.gradient.Gradients;
import org.jacreg.gradient.Hessian;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The README's second example; {@link ReadmeTest} holds the two together. */
final class ReadmeGradientExample {

    private ReadmeGradientExample() {}

    static SDVariable run(SameDiff sd, SDVariable x, SDVariable loss) {
        // README begins
        SDVariable gradient = Gradients.gradientOf(loss, x);
        SDVariable total = loss.add("total", sd.squaredNorm(gradient));
        sd.setLossVariables(total.name());
        SDVariable curvature = Hessian.vectorProduct(loss, x, gradient);
        // README ends
        return curvature;
    }
}
