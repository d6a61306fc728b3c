package org.jacreg.examples.experiment;

import java.util.Properties;
import org.jacreg.examples.result.Environment;
import org.jacreg.report.Versions;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Asks Java and ND4J what the experiment runs on. */
public final class EnvironmentProbe {

    private EnvironmentProbe() {}

    /**
     * Asks.
     *
     * @return what this process runs on
     */
    public static Environment environment() {
        Versions versions = Versions.load();
        Properties nd4j = Nd4j.getExecutioner().getEnvironmentInformation();
        return new Environment(
                versions.jacreg(),
                System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                versions.nd4j(),
                Nd4j.getBackend().getClass().getSimpleName(),
                String.valueOf(nd4j.get("blas.vendor")),
                String.valueOf(nd4j.get("omp.threads")),
                DataType.FLOAT.toString());
    }
}
