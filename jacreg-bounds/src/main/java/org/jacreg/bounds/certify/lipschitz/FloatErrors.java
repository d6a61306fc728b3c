package org.jacreg.bounds.certify.lipschitz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.LinearLayer;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.rounding.ComputedSums;

/**
 * How far the logits of a network evaluated in floating point are from those in real arithmetic: at distance r from a sample, by at most
 * {@code a + b r} for every logit, a from {@link #at}, b from {@link #growth}.
 *
 * <p>Carried on layer by layer, with {@code h} the values at the sample in float64, {@code e} their error, c how far they move of the
 * distance, and g = gamma of the arithmetic:
 *
 * <pre>
 * linear       a' = |W| a + g (|W| (|h| + e + a) + |b|)      b' = |W| b + g |W| (c + b)
 * activation   a' = L a + s (1 + |phi(h)| + L (e + a))        b' = L b + s L (c + b)
 * </pre>
 *
 * <p>where {@code |W| a} is cut by {@code ||w_i||_2 ||a||_2}, and {@code ||a||_2} carried on by operator norms beside it, which is far less in wide
 * networks; s, 16 units roundoff, is 0 for those that do not round. This is the model of {@link Arithmetic}.
 */
final class FloatErrors {

    /** Above what our own rounding of these sums of nonnegative numbers can lose. */
    private static final double GENEROUS = 1 + 0x1p-20;

    /** Sums before the last scale may be this much larger than what is left of them. */
    private static final double HEADROOM = 0x1p24;

    private final Arithmetic arithmetic;
    private final List<Layer> layers;
    private final List<Layer> absolute = new ArrayList<>();
    private final List<double[]> biases = new ArrayList<>();
    private final List<double[]> slopes = new ArrayList<>();
    private final List<double[]> rowNorms = new ArrayList<>();
    private final double[] gains;

    FloatErrors(LayeredNetwork network, GlobalLipschitz lipschitz, Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
        this.layers = network.layers();
        this.gains = new double[layers.size()];
        CarriedErrors b = new CarriedErrors(new double[network.inputs()], 0);
        double[] c = new double[network.inputs()];
        Arrays.fill(c, 1);
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            absolute.add(layer instanceof LinearLayer linear ? linear.absolute() : layer);
            biases.add(layer instanceof LinearLayer linear ? linear.bias() : new double[0]);
            rowNorms.add(layer instanceof LinearLayer linear ? linear.rowL2() : new double[0]);
            gains[l] = layer.lipschitz();
            b = arithmetic == Arithmetic.REAL ? new CarriedErrors(new double[layer.outputs()], 0) : slope(l, b, c);
            slopes.add(b.each);
            c = lipschitz.units(l);
        }
    }

    private CarriedErrors slope(int l, CarriedErrors b, double[] c) {
        double g = gamma(layers.get(l), arithmetic);
        double[] in = new double[c.length];
        if (layers.get(l) instanceof Activation activation) {
            double rounding = rounding(activation, arithmetic) * activation.lipschitz();
            for (int i = 0; i < in.length; i++) {
                in[i] = GENEROUS * rounding * (c[i] + b.each[i]);
            }
            return carry(l, b, in);
        }
        for (int i = 0; i < in.length; i++) {
            in[i] = g * (b.each[i] + c[i]);
        }
        return carry(l, b, scaled(push(l, in), GENEROUS));
    }

    /** Errors behind a layer, from those before it and those that the layer itself makes. */
    private CarriedErrors carry(int l, CarriedErrors before, double[] made) {
        double[] each = new double[made.length];
        if (layers.get(l) instanceof Activation) {
            for (int i = 0; i < each.length; i++) {
                each[i] = GENEROUS * (gains[l] * before.each[i] + made[i]);
            }
        } else {
            double[] pushed = push(l, before.each);
            double[] rows = rowNorms.get(l);
            for (int i = 0; i < each.length; i++) {
                double through = rows.length == 0 ? pushed[i] : Math.min(pushed[i], rows[i] * before.together);
                each[i] = GENEROUS * (through + made[i]);
            }
        }
        double together = GENEROUS * (gains[l] * before.together + ComputedSums.norm(made));
        return new CarriedErrors(each, Math.min(together, ComputedSums.norm(each)));
    }

    /** The error at distance r grows by this times r. */
    double[] growth() {
        return slopes.get(slopes.size() - 1).clone();
    }

    /**
     * Evaluates a sample: logits in float64, bounds of their own errors, of those of the network's arithmetic, and the distance up to
     * which nothing overflows.
     */
    SampleErrors at(double[] x) {
        double[] h = x;
        CarriedErrors own = new CarriedErrors(new double[x.length], 0);
        CarriedErrors a = own;
        double reach = Double.POSITIVE_INFINITY;
        for (int l = 0; l < layers.size(); l++) {
            CarriedErrors nextOwn = carry(l, own, made(l, h, own.each, own.each, Arithmetic.FLOAT64));
            a = arithmetic == Arithmetic.REAL
                    ? new CarriedErrors(new double[nextOwn.each.length], 0)
                    : carry(l, a, made(l, h, own.each, a.each, arithmetic));
            h = layers.get(l).apply(h);
            own = nextOwn;
            reach = Math.min(reach, reach(l, h, a.each));
        }
        return new SampleErrors(h, own.each, a.each, reach);
    }

    /** What a layer's own rounding adds. */
    private double[] made(int l, double[] h, double[] e, double[] a, Arithmetic type) {
        Layer layer = layers.get(l);
        double[] in = new double[a.length];
        if (layer instanceof Activation activation) {
            double s = rounding(activation, type);
            for (int i = 0; i < in.length; i++) {
                double value = Math.abs(activation.function().value(h[i]));
                in[i] = GENEROUS * s * (1 + value + activation.lipschitz() * (e[i] + a[i]));
            }
            return in;
        }
        double g = gamma(layer, type);
        for (int i = 0; i < in.length; i++) {
            in[i] = g * (a[i] + Math.abs(h[i]) + e[i]);
        }
        double[] out = push(l, in);
        double[] bias = biases.get(l);
        double lost = (layer.inputs() + 16.0) * type.underflow();
        for (int i = 0; i < out.length; i++) {
            out[i] = GENEROUS * (out[i] + (bias.length == 0 ? 0 : g * Math.abs(bias[i])) + lost);
        }
        return out;
    }

    /** Sums of absolute values are at most errors over gamma. */
    private double reach(int l, double[] h, double[] a) {
        double g = gamma(layers.get(l), arithmetic);
        double limit = arithmetic.largest() / HEADROOM;
        double reach = Double.POSITIVE_INFINITY;
        double[] b = slopes.get(l);
        for (int i = 0; i < a.length; i++) {
            double large = Math.max(Math.abs(h[i]), g == 0 ? 0 : a[i] / g);
            double room = limit - large;
            if (!(room > 0)) {
                return 0;
            }
            reach = Math.min(reach, g == 0 || b[i] == 0 ? Double.POSITIVE_INFINITY : room / (b[i] / g));
        }
        return reach;
    }

    private double[] push(int l, double[] in) {
        return layers.get(l) instanceof LinearLayer
                ? ((LinearLayer) absolute.get(l)).multiply(in)
                : absolute.get(l).apply(in);
    }

    private static double[] scaled(double[] values, double factor) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = factor * values[i];
        }
        return result;
    }

    /** 0 where nothing is computed: activations have errors of their own. */
    private static double gamma(Layer layer, Arithmetic type) {
        boolean silent = layer instanceof Activation
                || (layer instanceof Pooling pooling && pooling.kind() == Pooling.Kind.MAXIMUM);
        return silent ? 0 : type.gamma(terms(layer));
    }

    private static long terms(Layer layer) {
        return layer instanceof LinearLayer linear
                ? Math.min(layer.inputs(), Math.max(linear.weightCount(), 1))
                : layer.inputs();
    }

    private static double rounding(Activation activation, Arithmetic type) {
        return switch (activation.function().kind()) {
            case RELU, RELU6, HARD_TANH -> 0;
            default -> 16 * type.unit();
        };
    }
}
