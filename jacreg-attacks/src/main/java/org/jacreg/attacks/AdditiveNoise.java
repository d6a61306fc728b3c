package org.jacreg.attacks;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Noise of a size, added to every entry: the gradient passes unchanged. */
record AdditiveNoise(String name, double size, ToDoubleFunction<SplittableRandom> unit) implements InputTransformation {

    @Override
    public double[] apply(double[] x, SplittableRandom random) {
        double[] noisy = x.clone();
        for (int j = 0; j < noisy.length; j++) {
            noisy[j] += size * unit.applyAsDouble(random);
        }
        return noisy;
    }

    @Override
    public double[] pullBack(double[] x, double[] gradient, SplittableRandom random) {
        return gradient;
    }

    @Override
    public String toString() {
        return name + "(" + size + ")";
    }
}
