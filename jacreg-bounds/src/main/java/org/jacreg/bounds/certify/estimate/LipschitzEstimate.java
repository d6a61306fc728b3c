package org.jacreg.bounds.certify.estimate;

/**
 * An estimate of a local Lipschitz constant from sampled gradients.
 *
 * @param value the estimate
 * @param largestSampled the largest norm of a sampled gradient, which the constant is not below
 * @param shape the fitted shape, NaN without a fit
 * @param pValue of the Kolmogorov-Smirnov test of the fit, NaN without a fit; too friendly, since the distribution was fitted to the same
 *     numbers
 * @param source where the value comes from
 */
public record LipschitzEstimate(double value, double largestSampled, double shape, double pValue, Source source) {

    /** Where an estimate comes from. */
    public enum Source {
        /** The location of a fitted reverse Weibull distribution. */
        FITTED_LOCATION,
        /** The largest sampled norm, because no fit was acceptable: the constant is then underestimated. */
        LARGEST_MAXIMUM,
        /** All batches had the same maximum to rounding, as a linear model's do. */
        EQUAL_MAXIMA
    }
}
