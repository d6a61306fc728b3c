package org.jacreg.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions this library was built with.
 *
 * @param jacreg of this library
 * @param nd4j of ND4J
 */
public record Versions(String jacreg, String nd4j) {

    /**
     * Reads them from the class path.
     *
     * @return the versions; "unknown" where the build left none
     */
    public static Versions load() {
        Properties found = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
            if (in != null) {
                found.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("versions.properties is on the class path but cannot be read", e);
        }
        return new Versions(found.getProperty("jacreg", "unknown"), found.getProperty("nd4j", "unknown"));
    }
}
