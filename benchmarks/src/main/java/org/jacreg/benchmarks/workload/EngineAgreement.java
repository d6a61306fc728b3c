package org.jacreg.benchmarks.workload;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether all engines compute the same, which is asked before any time is taken. */
public final class EngineAgreement {

    /**
     * Engines add the same float32 products of up to some hundred terms in different orders: about {@code sqrt(512) * 2^-24},
     * 1.4e-6, of the norm for each of three layers, there and back; and room for ten times that.
     */
    private static final double TOLERANCE = 8e-5;

    private static final List<Job> EXACT = List.of(Job.PLAIN, Job.FROBENIUS, Job.L11, Job.JACOBIAN);

    private EngineAgreement() {}

    /**
     * Compares all exact jobs on a small batch.
     *
     * @param network the network
     * @return the largest difference to SameDiff's own session, relative to the norm of what is compared
     * @throws IllegalStateException if it is too large, or not a number
     */
    public static double check(Workload network) {
        double worst = 0;
        for (Job job : EXACT) {
            worst = Math.max(worst, check(network, job));
        }
        return worst;
    }

    private static double check(Workload network, Job job) {
        List<INDArray> wanted = run(new SameDiffEngine(), network, job);
        double worst = 0;
        for (Engine engine : Engine.all()) {
            double difference = difference(run(engine, network, job), wanted);
            if (!(difference < TOLERANCE)) {
                throw new IllegalStateException(network + " " + job + ": " + engine.name()
                        + " differs from samediff by " + difference + " of the norm, wanted less than " + TOLERANCE);
            }
            worst = Math.max(worst, difference);
        }
        return worst;
    }

    private static List<INDArray> run(Engine engine, Workload network, Job job) {
        try (Engine.Task task = engine.prepare(network, job, 5)) {
            task.run();
            return task.outcome().stream().map(INDArray::dup).toList();
        }
    }

    /** {@code ||a - b|| / ||b||} over all arrays together. */
    static double difference(List<INDArray> got, List<INDArray> wanted) {
        if (got.size() != wanted.size()) {
            throw new IllegalStateException("expected " + wanted.size() + " arrays, got " + got.size());
        }
        double squares = 0;
        double norm = 0;
        for (int i = 0; i < got.size(); i++) {
            INDArray b = wanted.get(i);
            INDArray a = got.get(i).reshape(b.shape());
            squares += Math.pow(a.sub(b).norm2Number().doubleValue(), 2);
            norm += Math.pow(b.norm2Number().doubleValue(), 2);
        }
        return Math.sqrt(squares / norm);
    }
}
