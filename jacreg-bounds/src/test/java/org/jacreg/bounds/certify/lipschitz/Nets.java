package org.jacreg.bounds.certify.lipschitz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.network.Activation;
import org.jacreg.bounds.network.ActivationFunction;
import org.jacreg.bounds.network.ActivationFunction.Kind;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;

/** Small random networks, points around a sample, and norms written down anew. */
final class Nets {

    private Nets() {}

    static LayeredNetwork linear(double[][] weights, double... bias) {
        return LayeredNetwork.of(List.of(new Affine("dense", weights, bias)));
    }

    static LayeredNetwork dense(long seed, Kind kind, int... widths) {
        Random random = new Random(seed);
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < widths.length; l++) {
            double[][] rows = new double[widths[l]][widths[l - 1]];
            for (double[] row : rows) {
                for (int k = 0; k < row.length; k++) {
                    row[k] = random.nextGaussian() * 1.5 / Math.sqrt(widths[l - 1]);
                }
            }
            double[] bias = random.doubles(widths[l], -0.3, 0.3).toArray();
            layers.add(new Affine("dense" + l, rows, bias));
            if (l < widths.length - 1) {
                boolean slope = kind == Kind.LEAKY_RELU || kind == Kind.ELU;
                layers.add(new Activation("act" + l, new ActivationFunction(kind, slope ? 0.1 : 0), widths[l]));
            }
        }
        return LayeredNetwork.of(layers);
    }

    static double[] sample(Random random, int size) {
        return random.doubles(size, -1, 1).toArray();
    }

    static int argmax(double[] z) {
        int best = 0;
        for (int c = 1; c < z.length; c++) {
            best = z[c] > z[best] ? c : best;
        }
        return best;
    }

    static double norm(double[] v, BallNorm norm) {
        double result = 0;
        for (double x : v) {
            result = switch (norm) {
                case L1 -> result + Math.abs(x);
                case L2 -> Math.hypot(result, x);
                case LINF -> Math.max(result, Math.abs(x));
            };
        }
        return result;
    }

    static BallNorm dual(BallNorm norm) {
        return switch (norm) {
            case L1 -> BallNorm.LINF;
            case L2 -> BallNorm.L2;
            case LINF -> BallNorm.L1;
        };
    }

    /** A point at exactly {@code radius}, or anywhere nearer, in a random direction or a corner or along an axis. */
    static double[] around(double[] x, double radius, BallNorm norm, Random random) {
        double[] step = new double[x.length];
        switch (random.nextInt(3)) {
            case 0 -> step[random.nextInt(step.length)] = random.nextBoolean() ? 1 : -1;
            case 1 -> {
                for (int i = 0; i < step.length; i++) {
                    step[i] = random.nextBoolean() ? 1 : -1;
                }
            }
            default -> {
                for (int i = 0; i < step.length; i++) {
                    step[i] = random.nextGaussian();
                }
            }
        }
        double length = norm(step, norm);
        double distance = random.nextInt(3) == 0 ? radius : radius * random.nextDouble();
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = x[i] + step[i] / length * distance * (1 - 1e-12);
        }
        return result;
    }
}
