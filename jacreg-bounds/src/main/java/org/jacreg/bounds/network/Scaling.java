package org.jacreg.bounds.network;

import java.util.function.DoubleUnaryOperator;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.report.Fingerprint;

/**
 * A diagonal map {@code x -> s . x + t}: a normalisation that could not be folded into a neighbouring layer.
 */
public final class Scaling implements LinearLayer {

    private final String name;
    private final double[] scale;
    private final double[] shift;

    /**
     * Makes a diagonal layer.
     *
     * @param name the layer's name
     * @param scale {@code s}; copied
     * @param shift {@code t}, as many numbers; copied
     * @throws IllegalArgumentException if there are no numbers, the arrays differ in length, or a number is not finite
     */
    public Scaling(String name, double[] scale, double[] shift) {
        if (scale.length == 0 || scale.length != shift.length) {
            throw new IllegalArgumentException("layer '" + name + "': got " + scale.length + " scales and "
                    + shift.length + " shifts, wanted equally many and at least one");
        }
        Finite.require(name, "scale", scale);
        Finite.require(name, "shift", shift);
        this.name = name;
        this.scale = scale.clone();
        this.shift = shift.clone();
    }

    /** This map after another one. */
    Scaling after(Scaling first) {
        double[] s = new double[scale.length];
        double[] t = new double[scale.length];
        for (int i = 0; i < s.length; i++) {
            s[i] = scale[i] * first.scale[i];
            t[i] = scale[i] * first.shift[i] + shift[i];
        }
        return new Scaling(name, s, t);
    }

    /**
     * The diagonal {@code s}.
     *
     * @return a fresh array
     */
    public double[] scale() {
        return scale.clone();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int inputs() {
        return scale.length;
    }

    @Override
    public int outputs() {
        return scale.length;
    }

    @Override
    public double[] multiply(double[] x) {
        double[] y = new double[scale.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = scale[i] * x[i];
        }
        return y;
    }

    @Override
    public double[] multiplyTransposed(double[] y) {
        return multiply(y);
    }

    @Override
    public double[] bias() {
        return shift.clone();
    }

    @Override
    public LinearLayer absolute() {
        return new Scaling(name, rowL1(), new double[scale.length]);
    }

    @Override
    public LinearLayer minus(LinearLayer other) {
        if (!(other instanceof Scaling that) || that.scale.length != scale.length) {
            throw Mismatch.of(this, other);
        }
        double[] s = new double[scale.length];
        double[] t = new double[scale.length];
        for (int i = 0; i < s.length; i++) {
            s[i] = scale[i] - that.scale[i];
            t[i] = shift[i] - that.shift[i];
        }
        return new Scaling(name, s, t);
    }

    @Override
    public LinearLayer squared() {
        return new Scaling(name, Elements.square(scale()), Elements.square(bias()));
    }

    @Override
    public LinearLayer changed(DoubleUnaryOperator change) {
        return new Scaling(name, Elements.change(scale(), change), Elements.change(bias(), change));
    }

    @Override
    public long weightCount() {
        return scale.length;
    }

    @Override
    public long biasCount() {
        return shift.length;
    }

    @Override
    public double[] rowL2() {
        return rowL1();
    }

    @Override
    public double[] rowL1() {
        double[] result = new double[scale.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.abs(scale[i]);
        }
        return result;
    }

    @Override
    public double[] columnL1() {
        return rowL1();
    }

    @Override
    public double operatorNorm() {
        return ComputedSums.largest(rowL1());
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.add("scaling").add(scale).add(shift);
    }
}
