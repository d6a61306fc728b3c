package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jacreg.graph.QuietGradients;
import org.jacreg.runtime.BackendReport.Row;
import org.jacreg.runtime.BackendReport.Verdict;
import org.jacreg.runtime.reference.Reference;
import org.jacreg.runtime.reference.References;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares what the ND4J backend computes with references, for the ops that a graph uses.
 *
 * <pre>{@code
 * BackendCheck.of(sd).withGradients().run().require();     // throws FaultyBackendException, naming the ops
 * }</pre>
 *
 * <p>Why: a fault of a backend comes without an error. ND4J's {@code -onednn} builds evaluate {@code sd.nn().linear} wrongly in
 * sessions (docs/nd4j-bugs.md), and an op that reads what its output's memory held shows only on memory that is not zero and
 * from the second call on. So every op is run three times, with the graph's own attributes and shapes on random operands: on
 * outputs full of NaN, on outputs full of numbers, and on its own last results. After each run up to 600 numbers of every
 * result are compared with plain float64 loops, and the operands with what they were. A difference counts as a failure if it
 * exceeds {@code (32 + 4 sqrt(K)) u max(1, |largest result|)}, with K summands and u the unit of the type. Then the graph is
 * evaluated three times by SameDiff's session, and compared with its ops run one by one on fresh arrays.
 *
 * <p>Placeholders get a batch of three of numbers between 0.1 and 0.9 unless {@link #feed} says otherwise. Checked are the ops of the graph itself and, where there is one, of its gradient function. For an MLP or LeNet
 * that takes some tenths of a second. Ops that draw random numbers, ops that steer control flow and ops without a reference
 * are listed as unchecked.
 *
 * <p>One thread at a time may run an instance; the graph must not be used meanwhile.
 */
public final class BackendCheck {

    private static final int SAMPLES = 3;

    /** Numbers in all arrays of one op beyond which it is left unchecked. */
    private static final long MOST_NUMBERS = 1L << 25;

    private static final long SEED = 20221108;

    private final SameDiff sd;
    private final Map<String, INDArray> fed = new LinkedHashMap<>();
    private References references = References.standard();
    private OpRunner runner = OpRunner.ofBackend();
    private boolean gradients;

    private BackendCheck(SameDiff sd) {
        this.sd = sd;
    }

    /**
     * Starts a check.
     *
     * @param sd the graph; evaluated, not modified
     * @return a check with default settings
     */
    public static BackendCheck of(SameDiff sd) {
        return new BackendCheck(sd);
    }

    /**
     * Gives a value for a placeholder, where a small batch of small numbers will not do, or for another batch size.
     *
     * @param placeholder its name
     * @param value of the shape to check at; not modified
     * @return this
     * @throws IllegalArgumentException if the graph has no such placeholder
     */
    public BackendCheck feed(String placeholder, INDArray value) {
        if (!sd.inputs().contains(placeholder)) {
            throw new IllegalArgumentException(
                    "the graph has no placeholder '" + placeholder + "'; there are " + sd.inputs());
        }
        fed.put(placeholder, value);
        return this;
    }

    /**
     * Checks the ops of training too. Has SameDiff build its gradient function, as the first {@code fit} would, if the graph
     * has none.
     *
     * @return this
     * @throws IllegalArgumentException if the graph has no loss
     */
    public BackendCheck withGradients() {
        if (sd.getLossVariables().isEmpty()) {
            throw new IllegalArgumentException("gradients of what? Set the loss: sd.setLossVariables(\"loss\")");
        }
        this.gradients = true;
        return this;
    }

    /** For tests of the check itself. */
    BackendCheck references(References given) {
        this.references = given;
        return this;
    }

    /** For tests of the check itself. */
    BackendCheck runner(OpRunner given) {
        this.runner = given;
        return this;
    }

    /**
     * Runs the ops and compares.
     *
     * @return one row for every op, set of attributes and set of shapes
     * @throws IllegalArgumentException if a placeholder's shape is not known; the message says which
     */
    public BackendReport run() {
        if (gradients && sd.getFunction("grad") == null) {
            QuietGradients.create(sd);
        }
        List<Row> rows = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        check(sd, rows, seen);
        SameDiff backward = sd.getFunction("grad");
        if (backward != null) {
            check(backward, rows, seen);
        }
        return new BackendReport(runner.describe(), rows);
    }

    private void check(SameDiff graph, List<Row> rows, Set<String> seen) {
        SessionCheck session = new SessionCheck(graph, values(graph));
        SessionRecorder recorder = session.record();
        for (OpUse use : recorder.uses()) {
            if (seen.add(use.key())) {
                rows.add(row(use));
            }
        }
        recorder.special().forEach((op, variable) -> {
            if (seen.add(op)) {
                rows.add(unchecked(op, variable, "not an op that can be run by itself"));
            }
        });
        session.run(recorder, runner)
                .ifPresent(fault -> rows.add(new Row(
                        fault.opName(), fault.variable(), Verdict.FAILS, fault.text(), Double.POSITIVE_INFINITY)));
    }

    private Map<String, INDArray> values(SameDiff graph) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        for (String name : graph.inputs()) {
            INDArray given = fed.get(name);
            SDVariable variable = graph.getVariable(name);
            values.put(name, given == null ? small(variable) : given.castTo(variable.dataType()));
        }
        return values;
    }

    private static INDArray small(SDVariable variable) {
        long[] declared = variable.placeholderShape();
        long[] shape = declared == null ? new long[0] : declared.clone();
        if (shape.length > 0 && shape[0] < 0) {
            shape[0] = SAMPLES;
        }
        for (long size : shape) {
            if (declared == null || size < 0) {
                throw new IllegalArgumentException("placeholder '" + variable.name() + "' has shape "
                        + Arrays.toString(declared) + "; every axis but the first must be known. Give a value"
                        + " with feed(\"" + variable.name() + "\", ...)");
            }
        }
        INDArray values = Nd4j.create(variable.dataType(), shape);
        if (variable.dataType().isFPType()) {
            INDArray flat = values.reshape(values.length());
            SplittableRandom random = new SplittableRandom(SEED);
            for (long k = 0; k < flat.length(); k++) {
                flat.putScalar(k, 0.1 + 0.8 * random.nextDouble());
            }
        }
        return values;
    }

    private Row row(OpUse use) {
        Optional<Reference> reference = references.find(use.opName());
        if (reference.isEmpty()) {
            return unchecked(use.opName(), use.variable(), "no reference");
        }
        long numbers = Stream.concat(use.inputs().stream(), use.outputs().stream())
                .mapToLong(OpUse.Slot::length)
                .sum();
        if (numbers > MOST_NUMBERS) {
            return unchecked(use.opName(), use.variable(), numbers + " numbers are too many to compare");
        }
        try {
            return compared(use, new OpTrial(use, reference.get(), SEED));
        } catch (UnsupportedOperationException e) {
            return unchecked(use.opName(), use.variable(), "no reference for " + e.getMessage());
        }
    }

    private Row compared(OpUse use, OpTrial trial) {
        double largest = 0;
        String[] states = {"on an output that held NaN", "on an output that held numbers", "on its own last result"};
        for (int run = 0; run < states.length; run++) {
            if (run == 0) {
                trial.fillWithNaN();
            } else if (run == 1) {
                trial.fillWithNumbers();
            }
            runner.run(use, trial.inputs(), trial.outputs());
            OpTrial.Finding found = trial.compare();
            if (!(found.error() <= 1)) {
                String detail = found.text() + ", " + states[run] + " (operands "
                        + use.inputs().stream().map(OpUse.Slot::key).toList() + ")";
                return new Row(use.opName(), use.variable(), Verdict.FAILS, detail, found.error());
            }
            largest = Math.max(largest, found.error());
        }
        return new Row(use.opName(), use.variable(), Verdict.AGREES, "", largest);
    }

    private static Row unchecked(String op, String variable, String why) {
        return new Row(op, variable, Verdict.UNCHECKED, why, Double.NaN);
    }
}
