package org.jacreg.attacks;

import java.util.SplittableRandom;

/**
 * A random transformation of an input with its derivative: what {@link ExpectationOverTransformation} averages over.
 *
 * <p>All randomness comes from the generator given: with generators in equal states both methods are of one draw. Inputs are rows of
 * entries in row-major order.
 */
public interface InputTransformation {

    /**
     * Transforms an input.
     *
     * @param x {@code D} entries; not modified
     * @param random the draw
     * @return {@code t(x)}, {@code D} entries
     */
    double[] apply(double[] x, SplittableRandom random);

    /**
     * Pulls a gradient back through the transformation.
     *
     * @param x {@code D} entries, the point at which the derivative is taken; not modified
     * @param gradient {@code D} entries, with respect to {@code t(x)}; not modified, may be returned
     * @param random the draw
     * @return {@code J_t(x)^T gradient}, {@code D} entries
     */
    double[] pullBack(double[] x, double[] gradient, SplittableRandom random);

    /**
     * Adds independent normal noise to every entry.
     *
     * @param deviation its standard deviation, in input units
     * @return the transformation
     * @throws IllegalArgumentException if {@code deviation} is not positive and finite
     */
    static InputTransformation gaussianNoise(double deviation) {
        requirePositive(deviation, "gaussianNoise", "deviation");
        return new AdditiveNoise("gaussianNoise", deviation, SplittableRandom::nextGaussian);
    }

    /**
     * Adds independent uniform noise to every entry.
     *
     * @param radius the greatest noise, in input units
     * @return the transformation
     * @throws IllegalArgumentException if {@code radius} is not positive and finite
     */
    static InputTransformation uniformNoise(double radius) {
        requirePositive(radius, "uniformNoise", "radius");
        return new AdditiveNoise("uniformNoise", radius, random -> random.nextDouble(-1, 1));
    }

    /**
     * Moves an image; what leaves on one side is lost, what enters on the other is 0.
     *
     * @param most by how many pixels at most, in each direction; every move is as likely as another
     * @param layout where pixels lie among the entries
     * @return the transformation
     * @throws IllegalArgumentException if {@code most} is negative
     */
    static InputTransformation translation(int most, ImageLayout layout) {
        return new Translation(most, layout);
    }

    private static void requirePositive(double value, String transformation, String what) {
        Configuration.require(
                value > 0 && value < Double.POSITIVE_INFINITY,
                transformation,
                what + " must be positive and finite, got " + value);
    }
}
