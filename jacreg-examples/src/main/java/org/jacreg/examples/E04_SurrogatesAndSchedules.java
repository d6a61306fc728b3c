package org.jacreg.examples;

import java.io.IOException;
import java.util.List;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.regularizer.PenaltyHistory;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.regularizer.SurrogateLoss;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.RampSchedule;

/**
 * Example 4: train on an upper bound of the first-order loss under attack, warm it up, and record what it did.
 *
 * <p>Common mistake: a ramp in epochs. {@code RampSchedule} counts iterations, that is batches: "2 epochs" are over after the
 * second batch, as {@link #warmUp} with 2 shows.
 */
public final class E04_SurrogatesAndSchedules {

    private static final double EPSILON = 0.05;
    private static final int EPOCHS = 3;

    private E04_SurrogatesAndSchedules() {}

    /**
     * What came of it.
     *
     * @param robustAccuracy under PGD in l_inf with radius 0.05, on 200 test digits
     * @param penalties the penalty at every iteration, not weighted by lambda; nothing was recorded without a penalty
     */
    public record Outcome(double robustAccuracy, List<Double> penalties) {}

    /**
     * Trains the network of the first example on 3,000 digits, with the label-aware surrogate for l_inf attacks.
     *
     * @param rampLength after how many batches lambda has its full value, {@code EPSILON}; 0 trains without a surrogate
     * @return what came of it
     * @throws IOException if the digits cannot be read
     */
    public static Outcome train(int rampLength) throws IOException {
        MnistData mnist = MnistData.bundled();
        ShuffledBatches batches = new ShuffledBatches(mnist.train().first(3_000), 10, 64, 1);
        SameDiff sd = E01_AddAPenalty.network();
        if (rampLength == 0) {
            sd.fit(batches, EPOCHS);
            return new Outcome(robustAccuracy(sd, mnist.test().first(200)), List.of());
        }
        RegularizedGraph penalised = SurrogateLoss.linf(sd)
                .labelAware()
                .epsilon(EPSILON)
                .regularizer() // from here on an ordinary penalty, with lambda = epsilon
                .lambda(warmUp(rampLength))
                .attach();
        PenaltyHistory history = PenaltyHistory.of(penalised);
        sd.fit(batches, EPOCHS, history);
        penalised.detach();
        return new Outcome(robustAccuracy(sd, mnist.test().first(200)), history.values("surrogate"));
    }

    /**
     * A lambda that rises evenly to the radius of the attack and stays there.
     *
     * @param batches how many batches the rise takes
     * @return the schedule
     */
    public static ISchedule warmUp(int batches) {
        return new RampSchedule(new FixedSchedule(EPSILON), batches);
    }

    private static double robustAccuracy(SameDiff sd, LabelledImages test) {
        Classifier model = Classifier.of(sd).bounds(0, 1).build();
        INDArray labels = test.oneHot(test.all(), 10);
        return Pgd.linf(EPSILON)
                .steps(20)
                .seed(1)
                .build()
                .attack(model, test.allFeatures(), labels)
                .robustAccuracy();
    }

    /**
     * Prints robust accuracies.
     *
     * @param args not used
     * @throws IOException if the digits cannot be read
     */
    public static void main(String[] args) throws IOException {
        BackendCheck.of(E01_AddAPenalty.network()).withGradients().run().require(); // ND4J itself may be faulty
        System.out.println("robust accuracy, plain:     " + train(0).robustAccuracy());
        System.out.println("robust accuracy, surrogate: " + train(47).robustAccuracy()); // one epoch of warm-up
    }
}
