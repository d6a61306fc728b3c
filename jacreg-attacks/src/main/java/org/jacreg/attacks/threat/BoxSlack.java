package org.jacreg.attacks.threat;

import java.util.Arrays;
import org.jacreg.classifier.InputBox;

/**
 * How far every entry may move before it meets the box, and how far a perturbation must shrink to fit into a Euclidean
 * ball once it is clipped to the box.
 */
final class BoxSlack {

    private final double[] centers;
    private final InputBox box;

    private BoxSlack(double[] centers, InputBox box) {
        this.centers = centers;
        this.box = box;
    }

    static BoxSlack of(Centers centers, InputBox box) {
        return new BoxSlack(centers.host(), box);
    }

    /**
     * The factor {@code s} with {@code ||clip(s u)|| = epsilon}.
     *
     * @param u perturbations, row-major, those of all samples; one whose clipped norm exceeds {@code epsilon} stands at
     *     {@code offset}
     * @return {@code s} in (0, 1)
     */
    double scaleIntoBall(double[] u, int offset, int length, double epsilon) {
        double[] part = Arrays.copyOfRange(u, offset, offset + length);
        double[] slack = new double[length];
        for (int j = 0; j < length; j++) {
            slack[j] = Math.abs((part[j] > 0 ? box.upper() : box.lower()) - centers[offset + j]);
        }
        return RowProjection.l2Scale(part, slack, epsilon);
    }
}
