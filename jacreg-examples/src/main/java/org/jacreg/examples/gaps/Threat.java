package org.jacreg.examples.gaps;

/**
 * How networks are attacked where their risks are measured.
 *
 * @param linf the l_inf radius, in units of the input
 * @param l2 the l2 radius
 * @param steps of PGD, from one random start
 * @param seed of the starts
 */
public record Threat(double linf, double l2, int steps, long seed) {}
