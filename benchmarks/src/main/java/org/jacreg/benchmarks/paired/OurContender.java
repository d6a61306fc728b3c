package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jacreg.benchmarks.protocol.Contender;
import org.jacreg.benchmarks.protocol.ContenderServer;
import org.jacreg.benchmarks.protocol.Variant;
import org.jacreg.benchmarks.workload.Engine;
import org.jacreg.benchmarks.workload.EngineAgreement;
import org.jacreg.benchmarks.workload.Job;
import org.jacreg.benchmarks.workload.MatrixProduct;
import org.jacreg.benchmarks.workload.Network;
import org.nd4j.linalg.factory.Nd4j;

/** The library as a contender; its variants are the {@link Engine engines}. */
public final class OurContender implements Contender {

    /** The engine that is compared with the peers. */
    static final String LIBRARY = "jacreg";

    /** In place of a network: {@code product sgemm SIDE} multiplies two square matrices. */
    public static final String PRODUCT = "product";

    private static final List<Network> NETWORKS = List.of(Network.MLP, Network.LENET);
    private static final int BATCH = 128;

    private OurContender() {}

    /**
     * Serves until its input ends.
     *
     * @param args none
     * @throws IOException if the input fails
     */
    public static void main(String[] args) throws IOException {
        new ContenderServer(new OurContender()).serve();
    }

    @Override
    public Map<String, String> describe() {
        Properties nd4j = Nd4j.getExecutioner().getEnvironmentInformation();
        Map<String, String> description = new LinkedHashMap<>();
        description.put("name", LIBRARY);
        description.put("language", "Java " + System.getProperty("java.version"));
        description.put("backend", Nd4j.getBackend().getClass().getSimpleName());
        description.put("blas", String.valueOf(nd4j.get("blas.vendor")));
        description.put("threads", String.valueOf(nd4j.get("omp.threads")));
        return description;
    }

    @Override
    public List<Variant> variants() {
        List<Variant> variants = new ArrayList<>();
        for (Network network : NETWORKS) {
            for (Job job : Job.values()) {
                for (Engine engine : Engine.all()) {
                    variants.add(new Variant(network.key(), job.key(), engine.name()));
                }
            }
        }
        return variants;
    }

    @Override
    public double check() {
        return NETWORKS.stream().mapToDouble(EngineAgreement::check).max().orElseThrow();
    }

    @Override
    public Runnable prepare(Variant variant) {
        if (variant.network().equals(PRODUCT)) {
            int side = Integer.parseInt(variant.name());
            return new MatrixProduct(side, side, side)::run;
        }
        Network network = Network.valueOf(variant.network().toUpperCase(Locale.ROOT));
        Job job = Job.valueOf(variant.job().toUpperCase(Locale.ROOT));
        return Engine.named(variant.name()).prepare(network, job, BATCH)::run;
    }
}
