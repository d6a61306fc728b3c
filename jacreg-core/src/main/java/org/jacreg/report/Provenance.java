package org.jacreg.report;

import org.nd4j.linalg.factory.Nd4j;

/**
 * What a result was computed with.
 *
 * @param jacreg the version of this library
 * @param nd4j the version of ND4J
 * @param backend ND4J's backend
 * @param java the version and vendor of Java
 * @param os the operating system, its version and architecture
 * @param processors the processors Java sees
 */
public record Provenance(String jacreg, String nd4j, String backend, String java, String os, int processors) {

    /**
     * Asks Java and ND4J.
     *
     * @return what this process runs on
     */
    public static Provenance current() {
        Versions versions = Versions.load();
        return new Provenance(
                versions.jacreg(),
                versions.nd4j(),
                Nd4j.getBackend().getClass().getSimpleName(),
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
    }
}
