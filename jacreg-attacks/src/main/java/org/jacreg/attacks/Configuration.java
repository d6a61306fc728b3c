package org.jacreg.attacks;

import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.ThreatModel;

/** The text of an attack's configuration, made from its record of options. */
final class Configuration {

    private Configuration() {}

    /** {@code Name[option=value, ...]} for a record of options. */
    static String describe(String name, Record options) {
        return name
                + options.toString()
                        .substring(options.getClass().getSimpleName().length());
    }

    /** Norm and radius, with the limits on features if there are any. */
    static String norm(ThreatModel threat) {
        return "norm=" + threat.norm() + ", epsilon=" + threat.epsilon()
                + (threat.limits().equals(FeatureLimits.none()) ? "" : ", limits=" + threat.limits());
    }

    /**
     * Checks an option.
     *
     * @throws IllegalArgumentException unless {@code condition} holds
     */
    static void require(boolean condition, String name, String message) {
        if (!condition) {
            throw new IllegalArgumentException(name + ": " + message);
        }
    }
}
