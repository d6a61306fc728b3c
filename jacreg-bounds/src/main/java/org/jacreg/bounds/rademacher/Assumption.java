package org.jacreg.bounds.rademacher;

/**
 * What a bound takes for granted.
 *
 * @param statement the condition, in words
 * @param checked whether the numbers at hand were checked for it; otherwise it is the caller who vouches for it
 */
public record Assumption(String statement, boolean checked) {

    /**
     * A condition that the code has checked.
     *
     * @param statement the condition
     * @return the assumption
     */
    public static Assumption checked(String statement) {
        return new Assumption(statement, true);
    }

    /**
     * A condition that nobody has checked.
     *
     * @param statement the condition
     * @return the assumption
     */
    public static Assumption assumed(String statement) {
        return new Assumption(statement, false);
    }
}
