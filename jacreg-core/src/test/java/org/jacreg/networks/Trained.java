package org.jacreg.networks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.jacreg.graph.QuietGradients;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.nets.SmallNets;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * What training does to a network.
 *
 * @param lossBefore mean cross-entropy, without the penalty
 * @param lossAfter mean cross-entropy, without the penalty
 * @param accuracy afterwards, on the data trained on
 * @param norm afterwards: the mean over samples of the squared Frobenius norm of the Jacobian
 */
record Trained(double lossBefore, double lossAfter, double accuracy, double norm) {

    /** The loss is below a share of what it was, and the accuracy high. */
    void assertLearned(double share, double leastAccuracy) {
        assertThat(lossAfter).as("loss, from %s", lossBefore).isLessThan(share * lossBefore);
        assertThat(accuracy).as("accuracy").isGreaterThanOrEqualTo(leastAccuracy);
    }

    /** The Jacobian's norm is below a share of the other's, and not zero. */
    void assertFlatterThan(Trained other, double share) {
        assertThat(norm)
                .as("mean squared norm of the Jacobian, without the penalty %s", other.norm)
                .isBetween(1e-6, share * other.norm);
    }

    /** Batches, epochs and step of a training. */
    record Plan(DataSet data, int batch, int epochs, double step) {

        Trained plain(SameDiff sd) {
            SmallNets.training(sd, new Adam(step));
            // As attach() does for the twin: without, SameDiff would print, and reuse arrays too early.
            QuietGradients.create(sd);
            return fit(sd, () -> {});
        }

        Trained penalised(SameDiff sd, UnaryOperator<JacobianRegularizer> settings) {
            SmallNets.training(sd, new Adam(step));
            RegularizedGraph graph =
                    settings.apply(JacobianRegularizer.frobenius(sd)).attach();
            return fit(sd, graph::detach);
        }

        private Trained fit(SameDiff sd, Runnable afterwards) {
            Nd4j.getRandom().setSeed(77);
            double before = loss(sd);
            sd.fit(new ViewIterator(data, batch), epochs);
            afterwards.run();
            double accuracy = Nd4j.argMax(output(sd, SmallNets.LOGITS), 1)
                    .eq(Nd4j.argMax(data.getLabels(), 1))
                    .castTo(DataType.DOUBLE)
                    .meanNumber()
                    .doubleValue();
            double norm = Jacobian.of(sd).norms(data.getFeatures()).meanFrobeniusSquared();
            return new Trained(before, loss(sd), accuracy, norm);
        }

        private double loss(SameDiff sd) {
            return output(sd, SmallNets.LOSS).getDouble(0);
        }

        private INDArray output(SameDiff sd, String name) {
            return sd.output(Map.of(SmallNets.INPUT, data.getFeatures(), SmallNets.LABEL, data.getLabels()), name)
                    .get(name);
        }
    }
}
