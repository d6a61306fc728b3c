package org.jacreg.bounds.certify.dataset;

import java.util.List;

/**
 * The figures of one true class.
 *
 * @param label the class
 * @param samples its samples
 * @param cleanAccuracy the share of them that is classified correctly
 * @param meanRadius their mean radius, 0 where nothing is certified
 * @param certifiedAccuracy the share of them that is certified, at every radius of the report
 */
public record ClassAccuracy(
        int label, int samples, double cleanAccuracy, double meanRadius, List<Double> certifiedAccuracy) {

    /** Copies the list. */
    public ClassAccuracy {
        certifiedAccuracy = List.copyOf(certifiedAccuracy);
    }
}
