package org.jacreg.benchmarks.workload;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacreg.graph.QuietGradients;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** SameDiff's own session: {@code calculateGradients} for everything, one call a class for a Jacobian. */
final class SameDiffEngine implements Engine {

    private static final String COTANGENT = "cotangent";
    private static final String ROW = "row";

    @Override
    public String name() {
        return "samediff";
    }

    @Override
    public Task prepare(Workload network, Job job, int batch) {
        SameDiff sd = network.classifier();
        if (job.isStep()) {
            job.decorate(sd);
            List<String> weights = TrainingStep.weightsOf(sd);
            QuietGradients.create(sd, weights.toArray(String[]::new));
            return new TrainingStep(
                    sd, network, batch, values -> sd.calculateGradients(values, weights)::get, () -> {});
        }
        return job == Job.JACOBIAN ? new Rows(sd, network, batch) : new Climb(sd, network, batch);
    }

    private static INDArray gradient(SameDiff sd, Map<String, INDArray> values) {
        return Objects.requireNonNull(
                sd.calculateGradients(values, Network.INPUT).get(Network.INPUT));
    }

    /** One gradient for each class. */
    private static final class Rows implements Task {

        private final SameDiff sd;
        private final Workload network;
        private final INDArray x;
        private INDArray jacobian;

        Rows(SameDiff sd, Workload network, int batch) {
            this.sd = sd;
            this.network = network;
            this.x = network.batch(batch);
            this.jacobian = Nd4j.empty(DataType.FLOAT);
            SDVariable cotangent = sd.placeHolder(COTANGENT, DataType.FLOAT, -1, network.classes());
            sd.getVariable(Network.LOGITS).mul(cotangent).sum(ROW);
            sd.setLossVariables(ROW);
            QuietGradients.create(sd, Network.INPUT);
        }

        @Override
        public void run() {
            int n = (int) x.size(0);
            jacobian = Nd4j.create(DataType.FLOAT, n, network.classes(), x.length() / n);
            for (int c = 0; c < network.classes(); c++) {
                Map<String, INDArray> values = Map.of(Network.INPUT, x, COTANGENT, network.pick(n, c));
                INDArray row = gradient(sd, values);
                jacobian.get(NDArrayIndex.all(), NDArrayIndex.point(c), NDArrayIndex.all())
                        .assign(row.reshape(n, -1));
            }
        }

        @Override
        public List<INDArray> outcome() {
            return List.of(jacobian);
        }
    }

    /** PGD as a loop. */
    private static final class Climb implements Task {

        private final SameDiff sd;
        private final INDArray x;
        private final INDArray labels;
        private INDArray reached;

        Climb(SameDiff sd, Workload network, int batch) {
            this.sd = sd;
            this.x = network.batch(batch);
            this.labels = network.labels(batch);
            this.reached = x;
            QuietGradients.create(sd, Network.INPUT);
        }

        @Override
        public void run() {
            INDArray low = Transforms.max(x.sub(0.3), 0);
            INDArray high = Transforms.min(x.add(0.3), 1);
            INDArray at = x.dup();
            for (int step = 0; step < 40; step++) {
                INDArray gradient = gradient(sd, Map.of(Network.INPUT, at, Network.LABEL, labels));
                at.addi(Transforms.sign(gradient, false).muli(0.01));
                at = Transforms.min(Transforms.max(at, low, false), high, false);
            }
            reached = at;
        }

        @Override
        public List<INDArray> outcome() {
            return List.of(reached);
        }
    }
}
