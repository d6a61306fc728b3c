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

/**
 * How far the logits of a network evaluated in floating point are from those in real arithmetic: at distance r from a sample, by at most
 * {@code a + b r} for every logit, a from {@link #at}, b from {@link #growth}.
 *
 * <p>Carried on layer by layer, with {@code h} the values at the sample in float64, {@code e} their error, c how far they move of the
 * distance, and g = gamma of the arithmetic:
 *
 * <pre>
 * linear       a' = |W| ((1 + g) a + g (|h| + e)) + g |b|     b' = |W| ((1 + g) b + g c)
 * activation   a' = L a + s (1 + |phi(h)| + L (e + a))         b' = L b + s L (c + b)
 * </pre>
 *
 * <p>where s, 16 units roundoff, is 0 for those that do not round. This is the model of {@link Arithmetic}.
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

    FloatErrors(LayeredNetwork network, GlobalLipschitz lipschitz, Arithmetic arithmetic) {
        this.arithmetic = arithmetic;
        this.layers = network.layers();
        double[] b = new double[network.inputs()];
        double[] c = new double[network.inputs()];
        Arrays.fill(c, 1);
        for (int l = 0; l < layers.size(); l++) {
            Layer layer = layers.get(l);
            absolute.add(layer instanceof LinearLayer linear ? linear.absolute() : layer);
            biases.add(layer instanceof LinearLayer linear ? linear.bias() : new double[0]);
            b = arithmetic == Arithmetic.REAL ? new double[layer.outputs()] : slope(l, b, c);
            slopes.add(b);
            c = lipschitz.units(l);
        }
    }

    private double[] slope(int l, double[] b, double[] c) {
        double g = gamma(layers.get(l), arithmetic);
        double[] in = new double[b.length];
        if (layers.get(l) instanceof Activation activation) {
            double rounding = rounding(activation, arithmetic) * activation.lipschitz();
            for (int i = 0; i < in.length; i++) {
                in[i] = GENEROUS * (activation.lipschitz() * b[i] + rounding * (c[i] + b[i]));
            }
            return in;
        }
        for (int i = 0; i < in.length; i++) {
            in[i] = (1 + g) * b[i] + g * c[i];
        }
        return scaled(push(l, in), GENEROUS);
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
        double[] own = new double[x.length];
        double[] a = new double[x.length];
        double reach = Double.POSITIVE_INFINITY;
        for (int l = 0; l < layers.size(); l++) {
            double[] nextOwn = error(l, h, own, own, Arithmetic.FLOAT64);
            double[] next =
                    arithmetic == Arithmetic.REAL ? new double[nextOwn.length] : error(l, h, own, a, arithmetic);
            h = layers.get(l).apply(h);
            own = nextOwn;
            a = next;
            reach = Math.min(reach, reach(l, h, next));
        }
        return new SampleErrors(h, own, a, reach);
    }

    private double[] error(int l, double[] h, double[] e, double[] a, Arithmetic type) {
        Layer layer = layers.get(l);
        if (layer instanceof Activation activation) {
            double s = rounding(activation, type);
            double lipschitz = activation.lipschitz();
            double[] out = new double[a.length];
            for (int i = 0; i < out.length; i++) {
                double value = Math.abs(activation.function().value(h[i]));
                out[i] = GENEROUS * (lipschitz * a[i] + s * (1 + value + lipschitz * (e[i] + a[i])));
            }
            return out;
        }
        double g = gamma(layer, type);
        double[] in = new double[a.length];
        for (int i = 0; i < in.length; i++) {
            in[i] = (1 + g) * a[i] + g * (Math.abs(h[i]) + e[i]);
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
