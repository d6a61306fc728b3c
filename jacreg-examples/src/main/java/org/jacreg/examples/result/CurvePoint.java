package org.jacreg.examples.result;

/**
 * The accuracy that is left at one radius.
 *
 * @param epsilon the radius, 0 for no attack
 * @param accuracy the fraction of test images that are classified right and for which PGD found nothing at this radius
 *     nor at a smaller one of the same curve: an upper bound of the robust accuracy
 */
public record CurvePoint(double epsilon, double accuracy) {}
