package org.jacreg.examples.result;

import java.util.Locale;

/** How much work an experiment does. */
public enum Preset {
    /** A few seconds of training: shows that everything runs, not how good it is. */
    QUICK,
    /** The default: a few minutes on two cores. */
    STANDARD,
    /** All digits, more epochs, a stronger attack. */
    FULL;

    /** The name as the command line writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
