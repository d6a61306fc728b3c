package org.jacreg.examples.result;

import java.util.List;

/**
 * What is known of the radius within which a model's answer stays right, digit by digit: at least what is certified, less than where an
 * attack succeeds. The share of digits that are robust at a radius lies between two curves, and nothing is known of their gap.
 *
 * @param norm of the perturbation
 * @param method what proves the radii
 * @param certified the largest certified radius of every digit, -1 if not even the digit itself is certified
 * @param attacked the distance of the nearest success of an attack on the same digit, 0 if it is classified wrongly as it is, infinite if
 *     there was none
 */
public record Bracket(AttackNorm norm, String method, List<Double> certified, List<Double> attacked) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if they are of different lengths or empty
     */
    public Bracket {
        certified = List.copyOf(certified);
        attacked = List.copyOf(attacked);
        if (certified.isEmpty() || certified.size() != attacked.size()) {
            throw new IllegalArgumentException(
                    "bracket: expected as many certified radii as attacked digits and at least one, got "
                            + certified.size() + " and " + attacked.size());
        }
    }

    /**
     * The share of digits that are certified within a radius.
     *
     * @param radius at least 0
     * @return a lower bound of the robust accuracy
     */
    public double certifiedAt(double radius) {
        return share(certified.stream().filter(r -> r >= radius).count());
    }

    /**
     * The share of digits for which the attacks found nothing within a radius.
     *
     * @param radius at least 0
     * @return an upper bound of the robust accuracy
     */
    public double withstoodAt(double radius) {
        return share(attacked.stream().filter(r -> r > radius).count());
    }

    /**
     * Digits attacked within their certified radius: each one a fault of the certificate.
     *
     * @return how many, 0 if all is well
     */
    public long violations() {
        long count = 0;
        for (int n = 0; n < certified.size(); n++) {
            count += attacked.get(n) <= certified.get(n) ? 1 : 0;
        }
        return count;
    }

    /**
     * The radius within which half of the digits are certified.
     *
     * @return the lower median, 0 where fewer than half are certified at all
     */
    public double medianCertified() {
        return Math.max(0, lowerMedian(certified));
    }

    /**
     * The radius within which half of the digits withstand the attacks.
     *
     * @return the lower median
     */
    public double medianAttacked() {
        return lowerMedian(attacked);
    }

    private static double lowerMedian(List<Double> radii) {
        return radii.stream().sorted().toList().get((radii.size() - 1) / 2);
    }

    private double share(long count) {
        return count / (double) certified.size();
    }
}
