package org.jacreg.benchmarks.workload;

import java.util.List;
import java.util.function.Supplier;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.runtime.CompiledGraph;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The library at its best: steps on a {@link CompiledGraph}, {@link Jacobian#compute}, {@link Pgd}. */
final class LibraryEngine implements Engine {

    @Override
    public String name() {
        return "jacreg";
    }

    @Override
    public Task prepare(Workload network, Job job, int batch) {
        SameDiff sd = network.classifier();
        if (job.isStep()) {
            return step(sd, network, job, batch);
        }
        INDArray x = network.batch(batch);
        if (job == Job.JACOBIAN) {
            Jacobian jacobian = Jacobian.of(sd);
            return new Call(() -> jacobian.compute(x), true);
        }
        Classifier model = Classifier.of(sd).bounds(0, 1).build();
        Attack attack =
                Pgd.linf(0.3).steps(40).stepSize(0.01).randomStart(false).build();
        INDArray labels = network.labels(batch);
        return new Call(() -> attack.attack(model, x, labels).adversarial(), false);
    }

    private static Task step(SameDiff sd, Workload network, Job job, int batch) {
        job.decorate(sd);
        CompiledGraph step = CompiledGraph.of(sd)
                .gradients(TrainingStep.weightsOf(sd).toArray(String[]::new))
                .build();
        return new TrainingStep(sd, network, batch, values -> step.run(values)::gradient, step::close);
    }

    private static final class Call implements Task {

        private final Supplier<INDArray> call;

        /** Whether results are fresh arrays that are freed at once, as PyTorch frees what nobody holds. */
        private final boolean frees;

        private INDArray last = Nd4j.empty(DataType.FLOAT);

        Call(Supplier<INDArray> call, boolean frees) {
            this.call = call;
            this.frees = frees;
        }

        @Override
        public void run() {
            if (frees && !last.isEmpty()) {
                last.close();
            }
            last = call.get();
        }

        @Override
        public List<INDArray> outcome() {
            return List.of(last);
        }
    }
}
