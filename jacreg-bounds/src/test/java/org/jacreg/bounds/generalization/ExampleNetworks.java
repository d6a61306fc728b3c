package org.jacreg.bounds.generalization;

import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;

/** Norms of networks that exist as numbers alone. */
final class ExampleNetworks {

    static final double BETA = 4 / (3 * Math.sqrt(3));
    static final double INF = Double.POSITIVE_INFINITY;

    private ExampleNetworks() {}

    static LayerNorms layer(double s, double m, double b, long in, long out) {
        return new LayerNorms(in + "-" + out, s, m, b, s, s, in, out, in * out);
    }

    /** 784-100-100-10 with tanh, s = (1,1,1), m = (5,5,3). */
    static NetworkNorms mlp() {
        return NetworkNorms.of(
                List.of(layer(1, 5, 50, 784, 100), layer(1, 5, 50, 100, 100), layer(1, 3, 9, 100, 10)), 1, BETA);
    }

    /** The toy of Bartlett's bound: s = (1.5, 1.2, 1.1), b = (8, 6, 3), width 784. */
    static NetworkNorms toy() {
        return NetworkNorms.of(
                List.of(layer(1.5, 8, 8, 784, 784), layer(1.2, 6, 6, 784, 784), layer(1.1, 3, 3, 784, 784)), 1, INF);
    }

    /** One layer from 2 inputs to 2 logits. */
    static NetworkNorms tiny() {
        return NetworkNorms.of(List.of(layer(1, 1, 1, 2, 2)), 1, 0);
    }

    static NetworkNorms deep(double s, double m, double beta) {
        return NetworkNorms.of(List.of(layer(s, m, 2 * m, 4, 5), layer(s, m, 2 * m, 5, 3)), 1, beta);
    }

    static Margins margins(int n, double value) {
        double[] margins = new double[n];
        Arrays.fill(margins, value);
        return Margins.of(margins);
    }
}
