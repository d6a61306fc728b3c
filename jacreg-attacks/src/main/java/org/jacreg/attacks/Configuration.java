package org.jacreg.attacks;

/** The text of an attack's configuration, made from its record of options. */
final class Configuration {

    private Configuration() {}

    /** {@code Name[option=value, ...]} for a record of options. */
    static String describe(String name, Record options) {
        return name
                + options.toString()
                        .substring(options.getClass().getSimpleName().length());
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
