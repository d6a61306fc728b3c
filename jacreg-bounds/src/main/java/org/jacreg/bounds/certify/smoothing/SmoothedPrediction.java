package org.jacreg.bounds.certify.smoothing;

import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;

/**
 * A prediction of the smoothed classifier.
 *
 * @param topClass the class that came out most often
 * @param topCount how often
 * @param nextCount how often the second did
 * @param alpha the probability with which an answer may be another class than the likeliest
 */
public record SmoothedPrediction(int topClass, int topCount, int nextCount, double alpha) {

    /**
     * Whether there is no answer: a fair coin gives counts this far apart too often, by the two-sided binomial test (Hung and Fithian
     * 2019).
     *
     * @return true if the p-value exceeds {@code alpha}
     */
    public boolean abstains() {
        int both = topCount + nextCount;
        return both == 0
                || !(new BinomialTest().binomialTest(both, topCount, 0.5, AlternativeHypothesis.TWO_SIDED) <= alpha);
    }
}
