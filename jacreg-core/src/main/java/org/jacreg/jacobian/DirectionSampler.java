package org.jacreg.jacobian;

import java.util.Random;

/** Random directions as numbers, from a generator of the caller's; the same distributions as {@link RandomDirections}. */
final class DirectionSampler {

    private DirectionSampler() {}

    /** {@code [count][samples][size]} with {@code E[v v^T] = I}. */
    static double[][][] draw(Random random, Directions directions, int samples, int size, int count) {
        double[][][] result = new double[count][samples][];
        for (int n = 0; n < samples; n++) {
            for (int k = 0; k < count; k++) {
                result[k][n] = directions == Directions.RADEMACHER ? signs(random, size) : normals(random, size);
                if (directions == Directions.ORTHOGONAL) {
                    int groupStart = k - k % size;
                    for (int pass = 0; pass < 2; pass++) {
                        for (int before = groupStart; before < k; before++) {
                            orthogonalize(result[k][n], result[before][n]);
                        }
                    }
                }
                if (directions == Directions.UNIT_SPHERE || directions == Directions.ORTHOGONAL) {
                    scale(result[k][n], Math.sqrt(size / dot(result[k][n], result[k][n])));
                }
            }
        }
        return result;
    }

    private static double[] signs(Random random, int size) {
        return random.ints(size, 0, 2).mapToDouble(bit -> 2 * bit - 1).toArray();
    }

    private static double[] normals(Random random, int size) {
        double[] v = new double[size];
        for (int i = 0; i < size; i++) {
            v[i] = random.nextGaussian();
        }
        return v;
    }

    /** A second pass of Gram and Schmidt removes what rounding leaves of the first. */
    private static void orthogonalize(double[] v, double[] against) {
        double share = dot(v, against) / dot(against, against);
        for (int i = 0; i < v.length; i++) {
            v[i] -= share * against[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void scale(double[] v, double factor) {
        for (int i = 0; i < v.length; i++) {
            v[i] *= factor;
        }
    }
}
