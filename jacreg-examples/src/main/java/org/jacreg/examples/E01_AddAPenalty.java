package org.jacreg.examples;

import java.io.IOException;
import java.util.List;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.weightinit.impl.XavierInitScheme;

/**
 * Example 1: add a Jacobian penalty to a graph of your own, train with plain {@code fit}, take it out again.
 *
 * <p>Common mistake: leaving the penalty in. The graph then goes on minimizing the total, so training it further, or
 * reading its loss, means loss plus penalty; {@link #measure(double, boolean)} with {@code detach} false shows it.
 */
public final class E01_AddAPenalty {

    private E01_AddAPenalty() {}

    /**
     * What came of it.
     *
     * @param meanFrobenius the mean {@code ||J||_F} over 200 test digits
     * @param losses the variables that the graph minimizes in the end
     */
    public record Outcome(double meanFrobenius, List<String> losses) {}

    /**
     * Trains a small network on 3,000 digits.
     *
     * @param lambda the weight of {@code ||J||_F^2}; 0 trains without an effect of the penalty
     * @param detach whether to take the penalty out in the end
     * @return what came of it
     * @throws IOException if the digits cannot be read
     */
    public static Outcome measure(double lambda, boolean detach) throws IOException {
        MnistData mnist = MnistData.bundled();
        LabelledImages train = mnist.train().first(3_000);
        LabelledImages test = mnist.test().first(200);

        SameDiff sd = network();
        RegularizedGraph penalised =
                JacobianRegularizer.frobenius(sd).lambda(lambda).attach();
        sd.fit(new ShuffledBatches(train, 10, 64, 1), 2);
        if (detach) {
            penalised.detach();
        }
        double norm = detach ? Jacobian.of(sd).norms(test.allFeatures()).meanFrobenius() : Double.NaN;
        return new Outcome(norm, List.copyOf(sd.getLossVariables()));
    }

    /**
     * A graph as you would write it without jacreg: input, label, logits, loss.
     *
     * @return 784-64-10 with ReLU, ready for {@code fit}
     */
    static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 784);
        SDVariable y = sd.placeHolder("y", DataType.FLOAT, -1, 10);
        SDVariable w1 = sd.var("w1", new XavierInitScheme('c', 784, 64), DataType.FLOAT, 784, 64);
        SDVariable w2 = sd.var("w2", new XavierInitScheme('c', 64, 10), DataType.FLOAT, 64, 10);
        SDVariable logits = sd.nn().relu(x.mmul(w1), 0).mmul("logits", w2);
        sd.loss().softmaxCrossEntropy("loss", y, logits, null);
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(2e-3))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        return sd;
    }

    /**
     * Prints the norm with and without the penalty.
     *
     * @param args not used
     * @throws IOException if the digits cannot be read
     */
    public static void main(String[] args) throws IOException {
        BackendCheck.of(network()).withGradients().run().require(); // ND4J itself may be faulty
        System.out.println("mean ||J||_F, lambda 0:    " + measure(0, true).meanFrobenius());
        System.out.println("mean ||J||_F, lambda 0.05: " + measure(0.05, true).meanFrobenius());
    }
}
