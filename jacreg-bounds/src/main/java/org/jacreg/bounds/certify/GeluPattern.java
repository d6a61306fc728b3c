package org.jacreg.bounds.certify;

import java.util.Arrays;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;

/**
 * Finds {@code s x (a + a erf(c x))}, as GELU is written out, where the two factors meet: it is {@code (sqrt(2) s a / c) g(sqrt(2) c x)}
 * with {@code g(t) = t Phi(t)}, whose lines are tighter than the planes of a product.
 */
final class GeluPattern {

    /** Above what the ops lose beside rounding relative to the result: errors of erf and of the sum, below 18 u |t|. */
    private static final double ARGUMENT_UNITS = 24;

    private final BoundGraphBuilder builder;

    /** {@code scale . node + shift}. */
    private record Scaled(int node, double scale, double shift) {}

    GeluPattern(BoundGraphBuilder builder) {
        this.builder = builder;
    }

    /** The node that the product of two nodes is, or -1 where it is of another form. */
    int read(String name, int a, int b) {
        int found = gated(name, a, b);
        return found >= 0 ? found : gated(name, b, a);
    }

    private int gated(String name, int factor, int gate) {
        Scaled outer = scaled(gate);
        boolean ofErf = builder.node(outer.node) instanceof ActivationNode activation
                && activation.function().kind() == Kind.ERF;
        if (!ofErf || outer.scale != outer.shift) {
            return -1;
        }
        Scaled argument = scaled(builder.node(outer.node).input(0));
        Scaled multiple = scaled(factor);
        boolean same = argument.node == multiple.node && argument.shift == 0 && multiple.shift == 0;
        if (!same || !(Math.abs(argument.scale) > 0x1p-20)) {
            return -1;
        }
        int size = builder.size(factor);
        int t = multiplied(name, argument.node, Math.sqrt(2) * argument.scale);
        int gelu =
                builder.put(new ActivationNode(name, size, t, ActivationFunction.of(Kind.EXACT_GELU), ARGUMENT_UNITS));
        return multiplied(name, gelu, Math.sqrt(2) * multiple.scale * outer.scale / argument.scale);
    }

    private int multiplied(String name, int from, double factor) {
        double[] scale = new double[builder.size(from)];
        Arrays.fill(scale, factor);
        return builder.linear(name, from, new DiagonalMap(scale), new double[scale.length]);
    }

    /** Goes back through multiplications by one number and additions of one. */
    private Scaled scaled(int node) {
        double scale = 1;
        double shift = 0;
        int at = node;
        while (builder.node(at) instanceof LinearNode linear && linear.map() instanceof DiagonalMap diagonal) {
            double factor = diagonal.uniform();
            double bias = linear.uniformBias();
            if (Double.isNaN(factor) || Double.isNaN(bias)) {
                break;
            }
            shift += scale * bias;
            scale *= factor;
            at = linear.input(0);
        }
        return new Scaled(at, scale, shift);
    }
}
