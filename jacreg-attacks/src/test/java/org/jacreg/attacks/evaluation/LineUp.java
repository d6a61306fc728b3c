package org.jacreg.attacks.evaluation;

import java.util.Random;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Examples of label 0 along both sides of the boundary of a linear model, every answer known in closed form. */
final class LineUp {

    static final int SAMPLES = 40;

    /** {@code z_1 - z_0 = x_0 + x_1}; label 0 is right where the sum is not positive. */
    static final ClosedFormNet LINEAR =
            ClosedFormNet.linear(new double[][] {{0, 1}, {0, 1}}, new double[2], InputBox.unbounded());

    private LineUp() {}

    static INDArray inputs() {
        return Nd4j.createFromArray(new Random(7).doubles(2L * SAMPLES, -1, .2).toArray())
                .reshape('c', SAMPLES, 2);
    }

    static INDArray labels() {
        return Nd4j.zeros(SAMPLES);
    }

    /** The l_inf distance of example {@code n} to the boundary, not positive on the wrong side. */
    static double distance(int n) {
        INDArray x = inputs();
        return -(x.getDouble(n, 0) + x.getDouble(n, 1)) / 2;
    }

    static Pgd pgd(double epsilon) {
        return Pgd.linf(epsilon).steps(10).seed(1).build();
    }

    static RobustEvaluation pgd(Classifier model) {
        return RobustEvaluation.of(model).attack(LineUp::pgd);
    }
}
