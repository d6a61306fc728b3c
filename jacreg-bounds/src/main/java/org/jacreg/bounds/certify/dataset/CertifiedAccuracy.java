package org.jacreg.bounds.certify.dataset;

import org.jacreg.report.ConfidenceInterval;

/**
 * One point of a curve.
 *
 * @param radius the radius
 * @param certified samples whose true class is certified within it
 * @param accuracy their share of all samples: the certified accuracy, also called verified accuracy
 * @param interval for the share among all inputs that the samples were drawn from (Clopper-Pearson). It speaks of the choice of samples
 *     alone, not of the draws of randomized smoothing
 */
public record CertifiedAccuracy(double radius, int certified, double accuracy, ConfidenceInterval interval) {}
