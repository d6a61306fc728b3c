package org.jacreg.runtime.reference;

/**
 * What an op should compute, written as plain loops in float64.
 *
 * @param entry one number of one result
 * @param terms how many numbers are added up for it, by which rounding grows
 * @param domain what its floating-point operands are drawn from
 * @param outputs how many results are known, from the first one
 */
public record Reference(Entry entry, Terms terms, Domain domain, int outputs) {

    /** One number of a result. */
    @FunctionalInterface
    public interface Entry {

        /**
         * Computes it.
         *
         * @param call the op and its operands; not modified
         * @param output which of the results
         * @param index where in the result; not modified
         * @return the number that an exact computation on the given operands yields, up to rounding in float64
         */
        double at(OpCall call, int output, int[] index);
    }

    /** A number of summands. */
    @FunctionalInterface
    public interface Terms {

        /**
         * Counts them.
         *
         * @param call the op and its operands
         * @param output which of the results
         * @return at least 1
         */
        long of(OpCall call, int output);
    }

    /** What an operand is drawn from. */
    public enum Domain {
        /** Uniform in (-1, 1). */
        SIGNED,
        /** Uniform in (0.5, 1.5): for logarithms, roots, divisors, and sums that must not cancel. */
        POSITIVE,
        /** As {@link #SIGNED}; the last operand has a one in every row and otherwise zeros. */
        ONE_HOT_LAST
    }

    static Reference of(Entry entry) {
        return new Reference(entry, (call, output) -> 1, Domain.SIGNED, Integer.MAX_VALUE);
    }

    Reference positive() {
        return new Reference(entry, terms, Domain.POSITIVE, outputs);
    }

    Reference oneHotLast() {
        return new Reference(entry, terms, Domain.ONE_HOT_LAST, outputs);
    }

    Reference terms(Terms count) {
        return new Reference(entry, count, domain, outputs);
    }

    /** Where later results are not known. */
    Reference firstOutputs(int count) {
        return new Reference(entry, terms, domain, count);
    }
}
