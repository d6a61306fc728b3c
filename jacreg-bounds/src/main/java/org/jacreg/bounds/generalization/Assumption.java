package org.jacreg.bounds.generalization;

/**
 * A condition of a theorem.
 *
 * @param text the condition
 * @param checked true if the library saw to it; false if it was taken on the caller's word
 */
public record Assumption(String text, boolean checked) {

    static Assumption checked(String text) {
        return new Assumption(text, true);
    }

    static Assumption assumed(String text) {
        return new Assumption(text, false);
    }
}
