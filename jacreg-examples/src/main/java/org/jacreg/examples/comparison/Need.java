package org.jacreg.examples.comparison;

/** A condition on a setting. */
final class Need {

    private Need() {}

    static void that(boolean holds, String wanted, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(wanted + " wanted, got " + got);
        }
    }
}
