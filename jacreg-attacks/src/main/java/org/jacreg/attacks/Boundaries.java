package org.jacreg.attacks;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;

/**
 * The decision boundaries around points, linearised there: {@code f(x + d) ~ f(x) + <w, d>} with {@code f} a difference of two logits that
 * is positive where the attack has succeeded.
 *
 * <p>Untargeted, one boundary for every rival class {@code k}: {@code f = z_k - z_label}. Targeted, the one with the strongest other class:
 * {@code f = z_label - max_{k != label} z_k}. Frozen features have weight 0.
 */
final class Boundaries {

    private final Oracle oracle;
    private final Region region;
    private final Norm norm;

    Boundaries(Oracle oracle, Region region, Norm norm) {
        this.oracle = oracle;
        this.region = region;
        this.norm = norm;
    }

    /**
     * A linearised boundary.
     *
     * @param value {@code f} at the point
     * @param normal {@code w}
     * @param distance {@code |f| / ||w||_q} in the dual norm; infinite where the gradient is zero, so that there is no way to go
     */
    @SuppressWarnings("ArrayRecordComponent") // made and used within one step, never compared
    record Boundary(double value, double[] normal, double distance) {

        boolean isOutOfReach() {
            return !(distance < Double.POSITIVE_INFINITY);
        }
    }

    /** For every sample of the batch the {@code count} classes of highest logit at the input, falling, its label left out. */
    int[][] rivals(int count) {
        return Arrays.stream(oracle.all())
                .mapToObj(row -> IntStream.range(0, oracle.classes())
                        .filter(k -> k != oracle.label(row))
                        .boxed()
                        .sorted(Comparator.comparingDouble(k -> -oracle.cleanLogits(row)[k]))
                        .limit(count)
                        .mapToInt(k -> k)
                        .toArray())
                .toArray(int[][]::new);
    }

    /**
     * The nearest boundary with a rival at every point.
     *
     * @param rivals for every sample of the batch, the classes to look at, at least one
     */
    Boundary[] nearest(int[] rows, double[][] points, int[][] rivals) {
        int total = Arrays.stream(rows).map(row -> rivals[row].length).sum();
        int[] stackedRows = new int[total];
        double[][] stackedPoints = new double[total][];
        int[] rival = new int[total];
        int end = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int k : rivals[rows[i]]) {
                stackedRows[end] = rows[i];
                stackedPoints[end] = points[i];
                rival[end++] = k;
            }
        }
        Gradients found = oracle.gradientsOf(stackedRows, stackedPoints, (i, z, cotangent) -> {
            int label = oracle.label(stackedRows[i]);
            cotangent[rival[i]] = 1;
            cotangent[label] = -1;
            return z[rival[i]] - z[label];
        });
        Boundary[] nearest = new Boundary[rows.length];
        end = 0;
        for (int i = 0; i < rows.length; i++) {
            Boundary best = of(rows[i], found, end++);
            for (int k = 1; k < rivals[rows[i]].length; k++) {
                Boundary other = of(rows[i], found, end++);
                best = other.distance() < best.distance() ? other : best;
            }
            nearest[i] = best;
        }
        return nearest;
    }

    /** The boundary with the strongest class that is not the label, at every point: for targeted attacks. */
    Boundary[] towardsLabel(int[] rows, double[][] points) {
        Gradients found = oracle.gradients(rows, points, Margin.of(oracle, true));
        Boundary[] result = new Boundary[rows.length];
        Arrays.setAll(result, i -> of(rows[i], found, i));
        return result;
    }

    private Boundary of(int row, Gradients found, int i) {
        double[] normal = found.inputs()[i];
        FrozenFeatures.clear(region, row, normal);
        double length = norm.dual().length(normal);
        double distance = length > 0 ? Math.abs(found.values()[i]) / length : Double.POSITIVE_INFINITY;
        return new Boundary(found.values()[i], normal, distance);
    }
}
