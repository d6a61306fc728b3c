package org.jacreg.examples.cli;

import org.jacreg.report.Versions;
import picocli.CommandLine.IVersionProvider;

/** Says which versions of the library and of ND4J this is. */
final class VersionProvider implements IVersionProvider {

    @Override
    public String[] getVersion() {
        Versions versions = Versions.load();
        return new String[] {
            "jacreg " + versions.jacreg() + ", ND4J " + versions.nd4j() + ", Java " + System.getProperty("java.version")
        };
    }
}
