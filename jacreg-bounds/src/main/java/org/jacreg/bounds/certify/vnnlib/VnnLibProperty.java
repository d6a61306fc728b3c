package org.jacreg.bounds.certify.vnnlib;

import java.math.BigDecimal;
import java.util.List;

/**
 * What a VNN-LIB file says: a violation is an input {@code X} of one of the cases whose outputs {@code Y} meet all conditions of one of the
 * case's alternatives. Numbers are those of the file, exactly.
 *
 * @param inputs the number of inputs
 * @param outputs the number of outputs
 * @param cases in the order of the file; none if the file contradicts itself, so that nothing violates it
 */
public record VnnLibProperty(int inputs, int outputs, List<Case> cases) {

    /**
     * Copies the list and checks sizes.
     *
     * @param inputs the number of inputs
     * @param outputs the number of outputs
     * @param cases the cases
     * @throws IllegalArgumentException if a size is not positive, or a case does not fit
     */
    public VnnLibProperty {
        cases = List.copyOf(cases);
        if (inputs < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "property: got " + inputs + " inputs and " + outputs + " outputs, wanted at least one of both");
        }
        for (Case one : cases) {
            int largest = one.alternatives().stream()
                    .flatMap(List::stream)
                    .mapToInt(OutputConstraint::largestIndex)
                    .max()
                    .orElse(-1);
            if (one.lower().size() != inputs || largest >= outputs) {
                throw new IllegalArgumentException("property: got a box of "
                        + one.lower().size() + " inputs and a condition on output " + largest + ", wanted " + inputs
                        + " inputs and outputs below " + outputs);
            }
        }
    }

    /**
     * A box of inputs, and what must not come out of it.
     *
     * @param lower the lower bounds of the inputs
     * @param upper the upper bounds of the inputs
     * @param alternatives it is a violation if all conditions of one of these are met; an alternative without conditions always is
     */
    public record Case(List<BigDecimal> lower, List<BigDecimal> upper, List<List<OutputConstraint>> alternatives) {

        /**
         * Copies the lists and checks them.
         *
         * @param lower the lower bounds
         * @param upper the upper bounds
         * @param alternatives the alternatives
         * @throws IllegalArgumentException if there are not equally many bounds, a lower one lies above the upper one, or there is no
         *     alternative
         */
        public Case {
            lower = lower.stream().map(Decimals::normal).toList();
            upper = upper.stream().map(Decimals::normal).toList();
            alternatives = alternatives.stream().map(List::copyOf).toList();
            if (lower.size() != upper.size() || alternatives.isEmpty()) {
                throw new IllegalArgumentException("case: got " + lower.size() + " lower and " + upper.size()
                        + " upper bounds and " + alternatives.size()
                        + " alternatives, wanted equally many bounds and at least one alternative");
            }
            for (int i = 0; i < lower.size(); i++) {
                if (lower.get(i).compareTo(upper.get(i)) > 0) {
                    throw new IllegalArgumentException("case: input " + i + " lies between " + lower.get(i) + " and "
                            + upper.get(i) + ", wanted a lower bound that is not above the upper one");
                }
            }
        }

        /**
         * Whether an input lies in the box, in exact arithmetic.
         *
         * @param x the input; not modified
         * @return false if a number is outside or not finite
         */
        public boolean contains(double[] x) {
            boolean inside = x.length == lower.size();
            for (int i = 0; inside && i < x.length; i++) {
                inside = Double.isFinite(x[i]);
                if (inside) {
                    BigDecimal exact = new BigDecimal(x[i]);
                    inside = exact.compareTo(lower.get(i)) >= 0 && exact.compareTo(upper.get(i)) <= 0;
                }
            }
            return inside;
        }

        /** Whether outputs meet all conditions of an alternative. */
        boolean violatedBy(double[] outputs) {
            return alternatives.stream().anyMatch(all -> all.stream().allMatch(condition -> condition.holds(outputs)));
        }
    }

    /**
     * Whether an input with its outputs is a violation, in exact arithmetic.
     *
     * @param x the input; not modified
     * @param outputs what the network gives for it; not modified
     * @return true if it is
     * @throws IllegalArgumentException if sizes do not fit
     */
    public boolean violatedBy(double[] x, double[] outputs) {
        if (x.length != inputs || outputs.length != this.outputs) {
            throw new IllegalArgumentException("property of " + inputs + " inputs and " + this.outputs
                    + " outputs: got " + x.length + " and " + outputs.length);
        }
        return cases.stream().anyMatch(one -> one.contains(x) && one.violatedBy(outputs));
    }
}
