package org.jacreg.bounds.certify;

/** The sum {@code S = 1 + sum_t exp(d_t)} over a box, and planes for {@code 1 / S}. */
final class Exponentials {

    private final int terms;
    private final double[] lower;
    private final double[] upper;
    private final double[] middle;
    private final double[] atLower;
    private final double[] atUpper;
    private final double doubt;

    /** The least and the largest value of S, to rounding. */
    final double least;

    final double largest;

    Exponentials(NodeBounds in, int from, int[] window) {
        terms = window.length;
        lower = new double[terms];
        upper = new double[terms];
        middle = new double[terms];
        atLower = new double[terms];
        atUpper = new double[terms];
        double low = 1;
        double high = 1;
        for (int t = 0; t < terms; t++) {
            lower[t] = in.lower[from + window[t]];
            upper[t] = in.upper[from + window[t]];
            middle[t] = lower[t] / 2 + upper[t] / 2;
            atLower[t] = Math.exp(lower[t]);
            atUpper[t] = Math.exp(upper[t]);
            low += atLower[t];
            high += atUpper[t];
        }
        // above the relative errors of all sums here
        doubt = Rounding.gamma(16L * terms);
        least = low * (1 - doubt);
        largest = high * (1 + doubt);
    }

    private double reach(int t) {
        return Math.max(Math.abs(lower[t]), Math.abs(upper[t]));
    }

    /** Sets the plane {@code 2 / T - S / T^2}, chords for the exponentials, unless it is below a constant at the middle. */
    void below(Planes planes, int at, double constant) {
        double[] slopes = new double[terms];
        double intercepts = 1;
        double sizes = 1;
        double atMiddle = 1;
        for (int t = 0; t < terms; t++) {
            double s = lower[t] < upper[t] ? (atUpper[t] - atLower[t]) / (upper[t] - lower[t]) : atLower[t];
            s = Math.min(atUpper[t], Math.max(atLower[t], s));
            double above = Math.max(atLower[t] - s * lower[t], atUpper[t] - s * upper[t]);
            slopes[t] = s;
            intercepts += above;
            sizes += atUpper[t] + s * reach(t);
            atMiddle += above + s * middle[t];
        }
        // at least half of the largest S, so that the plane is nowhere below 0
        double t0 = Math.max(atMiddle, largest / 2);
        double value = (2 - atMiddle / t0) / t0;
        if (!(value > constant)) {
            return;
        }
        for (int t = 0; t < terms; t++) {
            planes.lowerSlope[at * terms + t] = -slopes[t] / t0 / t0;
        }
        planes.lowerIntercept[at] = (2 - intercepts / t0) / t0 - 4 * doubt * (2 + sizes / t0) / t0 - Rounding.TINY;
    }

    /** Sets the plane {@code (S_l + S_u - S) / (S_l S_u)}, tangents for the exponentials, if it is lower at the middle than what is there. */
    void aboveByReciprocal(Planes planes, int at) {
        double[] slopes = new double[terms];
        double sum = 1;
        double sizes = 1;
        for (int t = 0; t < terms; t++) {
            double touching = Math.min(middle[t], lower[t] + 1);
            double e = Math.exp(touching);
            sum += e * (1 - touching);
            sizes += e * (2 + Math.abs(touching) + reach(t));
            slopes[t] = -e / least / largest;
        }
        double intercept = (1 + (largest - sum) / least) / largest;
        double error = 4 * doubt * (1 / least + 1 / largest + sizes / least / largest) + Rounding.TINY;
        offer(planes, at, slopes, intercept + error);
    }

    /** Sets the plane that comes of the chord of exp(-L), L = ln S above its tangent plane at the middle, on the same condition. */
    void aboveByLogarithm(Planes planes, int at) {
        double low = Math.log(least) - doubt;
        double high = Math.log(largest) * (1 + doubt) + doubt;
        double atLow = 1 / least * (1 + doubt) + doubt;
        double atHigh = 1 / largest;
        double chord = Math.min(0, (atHigh - atLow) / (high - low));
        double atMiddle = 1;
        for (int t = 0; t < terms; t++) {
            atMiddle += Math.exp(middle[t]);
        }
        double[] slopes = new double[terms];
        double tangent = Math.log(atMiddle);
        double sizes = 1 + tangent;
        for (int t = 0; t < terms; t++) {
            double share = Math.exp(middle[t]) / atMiddle;
            tangent -= share * middle[t];
            sizes += share * 2 * reach(t);
            slopes[t] = chord * share;
        }
        double intercept = Math.max(atLow - chord * low, atHigh * (1 + doubt) - chord * high) + chord * tangent;
        double error = 4 * doubt * (1 - chord * (sizes + high)) + Rounding.TINY;
        offer(planes, at, slopes, intercept + error);
    }

    private void offer(Planes planes, int at, double[] slopes, double intercept) {
        double there = planes.upperIntercept[at];
        double value = intercept;
        for (int t = 0; t < terms; t++) {
            there += planes.upperSlope[at * terms + t] * middle[t];
            value += slopes[t] * middle[t];
        }
        if (value < there) {
            System.arraycopy(slopes, 0, planes.upperSlope, at * terms, terms);
            planes.upperIntercept[at] = intercept;
        }
    }
}
