package org.jacreg.benchmarks.workload;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Gradients by all weights, from wherever they come, and {@code w -= rate * g} in place. */
final class TrainingStep implements Engine.Task {

    private final Map<String, INDArray> weights = new LinkedHashMap<>();
    private final Function<Map<String, INDArray>, Function<String, INDArray>> gradients;
    private final Runnable release;
    private final Map<String, INDArray> batch;
    private List<INDArray> last = List.of();

    /**
     * A step.
     *
     * @param sd the graph; its weights are trained
     * @param network what it holds
     * @param size the number of samples
     * @param gradients from a batch to the gradient of a weight
     * @param release frees what they need
     */
    TrainingStep(
            SameDiff sd,
            Workload network,
            int size,
            Function<Map<String, INDArray>, Function<String, INDArray>> gradients,
            Runnable release) {
        weightsOf(sd).forEach(name -> weights.put(name, sd.getVariable(name).getArr()));
        this.gradients = gradients;
        this.release = release;
        this.batch = Map.of(Network.INPUT, network.batch(size), Network.LABEL, network.labels(size));
    }

    static List<String> weightsOf(SameDiff sd) {
        return sd.variables().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .toList();
    }

    @Override
    public void run() {
        Function<String, INDArray> gradient = gradients.apply(batch);
        last = weights.keySet().stream().map(gradient).toList();
        int i = 0;
        for (INDArray weight : weights.values()) {
            Nd4j.getBlasWrapper().level1().axpy(weight.length(), -Job.RATE, last.get(i++), weight);
        }
    }

    @Override
    public List<INDArray> outcome() {
        return last;
    }

    @Override
    public void close() {
        release.run();
    }
}
