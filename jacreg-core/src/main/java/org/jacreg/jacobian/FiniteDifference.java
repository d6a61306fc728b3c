package org.jacreg.jacobian;

import java.util.OptionalDouble;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How directional derivatives {@code J u} are taken from function values, along random unit directions {@code u}.
 *
 * <p>Central: {@code (f(x + h u) - f(x - h u)) / 2h}, two further evaluations of the network for each direction. Forward:
 * {@code (f(x + h u) - f(x)) / h}, one. The error of a single difference is of order {@code h^2} and {@code h}; that of the
 * expected square is of order {@code h^2} in both cases, because {@code u} and {@code -u} are equally likely, but forward
 * differences scatter more. Finlay and Oberman (arXiv 1905.11468) use forward differences with {@code h = 0.01} along the loss
 * gradient.
 *
 * @param scheme forward or central
 * @param step {@code h}, the Euclidean length of the step, or nothing for the {@linkplain #defaultStep default}
 * @param directions how many directions per sample, at least 1
 */
public record FiniteDifference(Scheme scheme, OptionalDouble step, int directions) {

    /** Which points are compared. */
    public enum Scheme {
        /** {@code x} and {@code x + h u}. */
        FORWARD,
        /** {@code x - h u} and {@code x + h u}. */
        CENTRAL
    }

    /**
     * Checks step and number.
     *
     * @param scheme forward or central
     * @param step {@code h}
     * @param directions directions per sample
     * @throws IllegalArgumentException if the step is not positive, NaN or infinite, or the number is less than 1
     */
    public FiniteDifference {
        if (step.isPresent() && !(step.getAsDouble() > 0 && Double.isFinite(step.getAsDouble()))) {
            throw new IllegalArgumentException("step must be finite and greater than 0, but is " + step.getAsDouble());
        }
        if (directions < 1) {
            throw new IllegalArgumentException("directions must be at least 1, but are " + directions);
        }
    }

    /**
     * Central differences with the default step, along one direction per sample.
     *
     * @return the setting
     */
    public static FiniteDifference central() {
        return new FiniteDifference(Scheme.CENTRAL, OptionalDouble.empty(), 1);
    }

    /**
     * Forward differences with the default step, along one direction per sample.
     *
     * @return the setting
     */
    public static FiniteDifference forward() {
        return new FiniteDifference(Scheme.FORWARD, OptionalDouble.empty(), 1);
    }

    /**
     * Sets the step.
     *
     * @param step {@code h}, the Euclidean length by which a whole input is moved; greater than 0. Too small a step drowns in
     *     rounding errors, which grow as {@code 1/h}
     * @return a setting with this step
     * @throws IllegalArgumentException if the step is not positive, NaN or infinite
     */
    public FiniteDifference withStep(double step) {
        return new FiniteDifference(scheme, OptionalDouble.of(step), directions);
    }

    /**
     * Sets the number of directions.
     *
     * @param count directions per sample, at least 1
     * @return a setting with this number
     * @throws IllegalArgumentException if the number is less than 1
     */
    public FiniteDifference withDirections(int count) {
        return new FiniteDifference(scheme, step, count);
    }

    /**
     * The step that is used for inputs of a type and size.
     *
     * @param type the type in which the network computes
     * @param size {@code D}, numbers per input, at least 1
     * @return the given step, or the default: {@code sqrt(D)} times the cube root (central) or the square root (forward) of the
     *     type's rounding error
     * @throws IllegalArgumentException if the type is not floating point, or size is less than 1
     */
    public double stepFor(DataType type, long size) {
        if (size < 1) {
            throw new IllegalArgumentException("size must be at least 1, but is " + size);
        }
        double machine = roundingError(type);
        return step.orElse(defaultStep(machine, size));
    }

    /*
     * A difference of values of order one has an absolute rounding error e, so a central difference has e/h from rounding and
     * h^2/6 times a third derivative from curvature. A step of length h along a random unit direction moves each of the D
     * coordinates by h/sqrt(D) (root mean square), and a unit of the first layer, with weights of Euclidean norm about one, by
     * as much: scale h with sqrt(D), and both errors in terms of the unit are what they are in one dimension. There their sum is
     * least, up to a factor of order one, at the cube root of e; for forward differences, e/h + h/2, at its square root. So
     * float32 moves the coordinates of inputs of order one by 0.005 (about one grey level of 255), float64 by 6e-6.
     */
    private double defaultStep(double machine, long size) {
        return Math.sqrt((double) size) * (scheme == Scheme.CENTRAL ? Math.cbrt(machine) : Math.sqrt(machine));
    }

    private static double roundingError(DataType type) {
        return switch (type) {
            case DOUBLE -> 0x1p-52;
            case FLOAT -> 0x1p-23;
            case HALF -> 0x1p-10;
            case BFLOAT16 -> 0x1p-7;
            default -> throw new IllegalArgumentException("finite differences need a floating-point type, got " + type);
        };
    }
}
