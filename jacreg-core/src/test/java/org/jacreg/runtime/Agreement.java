package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.graph.QuietGradients;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares a compiled graph's numbers with those of SameDiff's session. */
final class Agreement {

    private Agreement() {}

    /** Values and gradients, by name; gradients have {@code d/d} before theirs. */
    static Map<String, INDArray> session(
            SameDiff sd, Map<String, INDArray> placeholders, List<String> outputs, List<String> gradients) {
        Map<String, INDArray> results = new HashMap<>();
        List<String> computed = new ArrayList<>();
        for (String name : outputs) {
            if (placeholders.containsKey(name)) {
                results.put(name, placeholders.get(name).dup());
            } else if (sd.getVariable(name).getArr(false) != null
                    && !sd.getVariable(name).isPlaceHolder()
                    && sd.getVariableOutputOp(name) == null) {
                results.put(name, sd.getVariable(name).getArr().dup());
            } else {
                computed.add(name);
            }
        }
        Map<String, INDArray> copies = new HashMap<>();
        placeholders.forEach((name, array) -> copies.put(name, array.dup()));
        if (!gradients.isEmpty()) {
            QuietGradients.create(sd, gradients.toArray(String[]::new));
            OutAndGrad both = sd.calculateGradientsAndOutputs(copies, computed, new ArrayList<>(gradients));
            both.getOutputs().forEach((name, array) -> results.put(name, array.dup()));
            both.getGradients().forEach((name, array) -> results.put("d/d" + name, array.dup()));
        } else if (!computed.isEmpty()) {
            sd.output(copies, computed.toArray(String[]::new)).forEach((name, array) -> results.put(name, array.dup()));
        }
        return results;
    }

    /** One run's values and gradients, named as {@link #session} does; copies. */
    static Map<String, INDArray> compiled(
            CompiledGraph graph, Map<String, INDArray> placeholders, List<String> outputs, List<String> gradients) {
        CompiledValues values = graph.run(placeholders);
        Map<String, INDArray> results = new HashMap<>();
        outputs.forEach(name -> results.put(name, values.output(name).dup()));
        gradients.forEach(
                name -> results.put("d/d" + name, values.gradient(name).dup()));
        return results;
    }

    /**
     * What differs by more than the tolerance, relative to 1 and the largest entry; shapes, types and NaN count.
     *
     * @return one line for each array, none if all agree
     */
    static List<String> differences(Map<String, INDArray> actual, Map<String, INDArray> expected, double tolerance) {
        List<String> differences = new ArrayList<>();
        if (!actual.keySet().equals(expected.keySet())) {
            differences.add("names: " + actual.keySet() + " instead of " + expected.keySet());
        }
        for (String name : actual.keySet()) {
            INDArray a = actual.get(name);
            INDArray e = expected.get(name);
            if (e == null || !Arrays.equals(a.shape(), e.shape()) || a.dataType() != e.dataType()) {
                differences.add(name + ": " + a.shapeInfoToString() + " instead of "
                        + (e == null ? "nothing" : e.shapeInfoToString()));
            } else {
                double worst = worst(a.castTo(DataType.DOUBLE), e.castTo(DataType.DOUBLE));
                if (!(worst <= tolerance)) {
                    differences.add(name + ": off by " + worst);
                }
            }
        }
        return differences;
    }

    private static double worst(INDArray actual, INDArray expected) {
        double[] a = actual.dup('c').data().asDouble();
        double[] e = expected.dup('c').data().asDouble();
        double scale = 1;
        for (double number : e) {
            scale = Math.abs(number) > scale && !Double.isInfinite(number) ? Math.abs(number) : scale;
        }
        double worst = 0;
        for (int i = 0; i < e.length; i++) {
            if (Double.compare(a[i] + 0.0, e[i] + 0.0) != 0) {
                double error = Math.abs(a[i] - e[i]) / scale;
                worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
            }
        }
        return worst;
    }
}
