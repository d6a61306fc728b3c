package org.jacreg.examples;

import java.io.IOException;
import org.jacreg.attacks.Fgsm;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Example 2: attack a trained graph with FGSM and PGD.
 *
 * <p>Common mistake: no input box. Without {@code bounds(0, 1)} the attack may leave the range of pixels; it then finds
 * "images" that no camera makes, and the accuracy it reports is too low. {@link Outcome#greatestPixelUnbounded()} shows it.
 */
public final class E02_AttackAModel {

    private E02_AttackAModel() {}

    /**
     * What the attacks left of the accuracy on 200 test digits, all with epsilon 0.1 in l_inf.
     *
     * @param clean without an attack
     * @param fgsm under FGSM
     * @param pgd under PGD with 20 steps
     * @param greatestPixel the greatest pixel of PGD's images
     * @param greatestPixelUnbounded the same when the box was forgotten
     */
    public record Outcome(double clean, double fgsm, double pgd, double greatestPixel, double greatestPixelUnbounded) {}

    /**
     * Trains the network of the first example without a penalty, and attacks it.
     *
     * @return what came of it
     * @throws IOException if the digits cannot be read
     */
    public static Outcome attack() throws IOException {
        MnistData mnist = MnistData.bundled();
        LabelledImages test = mnist.test().first(200);
        SameDiff sd = E01_AddAPenalty.network();
        sd.fit(new ShuffledBatches(mnist.train().first(3_000), 10, 64, 1), 2);

        Classifier model = Classifier.of(sd).bounds(0, 1).build();
        INDArray x = test.allFeatures();
        INDArray y = test.oneHot(test.all(), 10);
        var fgsm = Fgsm.linf(0.1).build().attack(model, x, y);
        var pgd = Pgd.linf(0.1).steps(20).seed(1).build().attack(model, x, y);

        Classifier mistaken = Classifier.of(sd).build(); // no bounds(0, 1)
        var outside = Pgd.linf(0.1).steps(20).seed(1).build().attack(mistaken, x, y);
        return new Outcome(
                pgd.accuracy(),
                fgsm.robustAccuracy(),
                pgd.robustAccuracy(),
                pgd.adversarial().maxNumber().doubleValue(),
                outside.adversarial().maxNumber().doubleValue());
    }

    /**
     * Prints the accuracies.
     *
     * @param args not used
     * @throws IOException if the digits cannot be read
     */
    public static void main(String[] args) throws IOException {
        BackendCheck.of(E01_AddAPenalty.network()).withGradients().run().require(); // ND4J itself may be faulty
        System.out.println(attack());
    }
}
