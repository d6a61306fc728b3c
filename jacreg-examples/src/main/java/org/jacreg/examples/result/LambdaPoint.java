package org.jacreg.examples.result;

import org.jacreg.examples.gaps.GapReport;

/**
 * What a penalty's weight makes of the gaps.
 *
 * @param kind which penalty
 * @param lambda its weight; 0 for plain training
 * @param gaps gaps and bounds
 */
public record LambdaPoint(ModelKind kind, double lambda, GapReport gaps) {}
