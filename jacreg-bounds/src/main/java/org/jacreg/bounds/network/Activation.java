package org.jacreg.bounds.network;

import java.util.Arrays;
import org.jacreg.report.Fingerprint;

/**
 * A layer that applies one function to every number.
 *
 * @param name the graph's name of what the layer computes
 * @param function the function
 * @param inputs the number of numbers
 */
public record Activation(String name, ActivationFunction function, int inputs) implements Layer {

    @Override
    public int outputs() {
        return inputs;
    }

    @Override
    public double[] apply(double[] x) {
        return Arrays.stream(x).map(function::value).toArray();
    }

    @Override
    public double lipschitz() {
        return function.lipschitz();
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint
                .add("activation")
                .add(function.kind().name())
                .add(function.parameter())
                .add(inputs);
    }
}
