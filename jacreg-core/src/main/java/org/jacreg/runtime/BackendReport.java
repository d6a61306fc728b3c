package org.jacreg.runtime;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a {@link BackendCheck} found.
 *
 * @param backend the backend's class and the native library that it took, as far as they can be told
 * @param ops one row for every op, set of attributes and set of shapes that the graph uses
 */
public record BackendReport(String backend, List<Row> ops) {

    /** What came out for an op. */
    public enum Verdict {
        /** Equal to the reference up to rounding, in all runs. */
        AGREES,
        /** Compared with nothing; the row says why. */
        UNCHECKED,
        /** Different from the reference in a run. */
        FAILS
    }

    /**
     * One op with one set of attributes and shapes.
     *
     * @param op the kind, as ND4J names it
     * @param variable a variable of the graph that it computes
     * @param verdict what came out
     * @param detail the numbers of a failure, or why nothing was compared; empty otherwise
     * @param error the largest difference from the reference, as a multiple of what rounding may account for; NaN where
     *     nothing was compared
     */
    public record Row(String op, String variable, Verdict verdict, String detail, double error) {}

    /**
     * Copies the list.
     *
     * @param backend the backend
     * @param ops the rows
     */
    public BackendReport {
        ops = List.copyOf(ops);
    }

    /**
     * The ops that agree with their references.
     *
     * @return rows
     */
    public List<Row> agreeing() {
        return with(Verdict.AGREES);
    }

    /**
     * The ops about which nothing is known.
     *
     * @return rows
     */
    public List<Row> unchecked() {
        return with(Verdict.UNCHECKED);
    }

    /**
     * The ops that the backend computes wrongly.
     *
     * @return rows
     */
    public List<Row> failing() {
        return with(Verdict.FAILS);
    }

    private List<Row> with(Verdict verdict) {
        return ops.stream().filter(row -> row.verdict() == verdict).toList();
    }

    /**
     * Refuses a backend that fails.
     *
     * @return this
     * @throws FaultyBackendException naming the ops, the numbers, and what to do
     */
    public BackendReport require() {
        List<Row> failing = failing();
        if (failing.isEmpty()) {
            return this;
        }
        List<String> names = failing.stream().map(Row::op).distinct().toList();
        String rows = failing.stream()
                .map(row -> "\n  " + row.op() + " computing '" + row.variable() + "': " + row.detail())
                .collect(Collectors.joining());
        throw new FaultyBackendException(
                "the ND4J backend " + backend + " computes " + names + " wrongly:" + rows
                        + "\nTake another build of it: the plain classifier (such as linux-x86_64), -avx2 or -avx512, never -onednn"
                        + " (within this project -Djacreg.nd4j.classifier=linux-x86_64); or write the op out of others",
                names);
    }
}
