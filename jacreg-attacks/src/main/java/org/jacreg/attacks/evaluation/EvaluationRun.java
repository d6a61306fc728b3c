package org.jacreg.attacks.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One evaluation on its way: takes batch after batch, from a checkpoint or by attacking, and reports at the end. */
final class EvaluationRun {

    private static final Logger LOG = LoggerFactory.getLogger(EvaluationRun.class);

    /** Examples of the first batch whose logits a checkpoint keeps. */
    private static final int KEPT = 16;

    /** Relative difference of logits that another number of threads may make. */
    private static final double ROUNDING = 1e-5;

    private final Plan plan;
    private final long total;
    private final @Nullable Path checkpoint;
    private final @Nullable Path source;
    private final List<Checkpoint.Batch> saved;
    private final List<Checkpoint.Batch> batches = new ArrayList<>();
    private final CheckedSearch search;
    private final long[][] nanos;
    private List<List<Double>> logits = List.of();
    private Evidence evidence = Evidence.none();
    private int examples;
    private long done;

    /**
     * Starts, or goes on.
     *
     * @param total the units of progress there will be
     * @param checkpoint where to write after every batch; null for nowhere
     * @param source where to go on from; null to start anew
     */
    EvaluationRun(Plan plan, long total, @Nullable Path checkpoint, @Nullable Path source) {
        this.plan = plan;
        this.total = total;
        this.checkpoint = checkpoint;
        this.source = source;
        this.nanos = new long[plan.contenders().size()][plan.epsilons().size()];
        Norm norm = null;
        if (source == null) {
            this.saved = List.of();
        } else {
            Checkpoint from = read(source);
            from.requireSame(plan.settings(), source);
            this.saved = from.batches();
            this.logits = from.logits();
            this.evidence = from.evidence();
            for (int a = 0; a < nanos.length; a++) {
                for (int e = 0; e < nanos[a].length; e++) {
                    nanos[a][e] = from.nanos().get(a).get(e);
                }
            }
            norm = from.norm();
        }
        this.search = new CheckedSearch(plan, norm);
        if (evidence.model().randomised()) {
            search.modelIsRandomised();
        }
    }

    private static Checkpoint read(Path source) {
        try {
            return Checkpoint.read(source);
        } catch (IOException e) {
            throw new UncheckedIOException("resumeFrom: " + e.getMessage(), e);
        }
    }

    /** Takes the next batch. */
    void add(INDArray x, int[] labels) {
        if (plan.stopped()) {
            throw new CancellationException("evaluation cancelled after " + examples + " examples");
        }
        ExampleBatch batch = ExampleBatch.of(plan.model(), x, labels, examples);
        int place = batches.size();
        if (place < saved.size()) {
            requireSame(batch, saved.get(place));
            batches.add(saved.get(place));
            advance((long) batch.size() * plan.epsilons().size());
        } else {
            batches.add(new Checkpoint.Batch(batch.fingerprint(), attack(batch)));
            write();
            // told only now, so that whoever stops on hearing it finds the batch in the checkpoint
            advance(batch.size());
        }
        examples += batch.size();
    }

    private void advance(long units) {
        if (units > 0) {
            done += units;
            plan.listener().progress(done, total);
        }
    }

    private List<ExampleResult> attack(ExampleBatch batch) {
        boolean first = batches.isEmpty();
        Predictions clean = predictions(batch);
        Probes probes = new Probes(plan, search, batch, clean);
        if (first) {
            logits = rows(clean);
        }
        if (first && plan.settings().probes()) {
            evidence = evidence.with(probes.ofModel());
            if (evidence.model().randomised()) {
                search.modelIsRandomised();
            }
        }
        BatchAttacks attacks = new BatchAttacks(plan, search, batch, clean);
        int last = plan.epsilons().size() - 1;
        List<ExampleResult> results = attacks.run(e -> advance(e < last ? batch.size() : 0));
        if (first && plan.settings().probes()) {
            evidence = evidence.with(probes.ofAttacks());
        }
        evidence = evidence.withProbabilityRows(IntStream.range(0, batch.size())
                .filter(clean::likeProbabilities)
                .count());
        for (int a = 0; a < nanos.length; a++) {
            for (int e = 0; e < nanos[a].length; e++) {
                nanos[a][e] += attacks.nanos()[a][e];
            }
        }
        return results;
    }

    private Predictions predictions(ExampleBatch batch) {
        return Predictions.of(plan.model().logits(batch.inputs().dup()), batch.labels(), batch.first());
    }

    private static List<List<Double>> rows(Predictions clean) {
        return IntStream.range(0, Math.min(KEPT, clean.size()))
                .mapToObj(n -> Arrays.stream(clean.logits(n)).boxed().toList())
                .toList();
    }

    /** Data and model must be those of the checkpoint. */
    private void requireSame(ExampleBatch batch, Checkpoint.Batch then) {
        if (then.examples().size() != batch.size() || !then.fingerprint().equals(batch.fingerprint())) {
            throw new IllegalArgumentException("resumeFrom: batch " + batches.size() + " of " + source + " holds "
                    + then.examples().size() + " examples with fingerprint " + then.fingerprint() + ", the data now "
                    + batch.size() + " with " + batch.fingerprint()
                    + "; give the same data in the same order and batches (batchSize)");
        }
        if (batches.isEmpty() && !evidence.model().randomised()) {
            requireSameLogits(rows(predictions(batch)));
        }
    }

    private void requireSameLogits(List<List<Double>> now) {
        boolean same = now.size() == logits.size();
        for (int n = 0; same && n < now.size(); n++) {
            double size = logits.get(n).stream().mapToDouble(Math::abs).max().orElse(0);
            for (int c = 0; same && c < now.get(n).size(); c++) {
                double gap = Math.abs(now.get(n).get(c) - logits.get(n).get(c));
                same = gap <= ROUNDING * (1 + size);
            }
        }
        if (!same) {
            throw new IllegalArgumentException("resumeFrom: the logits of the first examples are not those of " + source
                    + ": another model, or other weights; give the same model, or start anew without resumeFrom");
        }
    }

    private void write() {
        if (checkpoint != null) {
            try {
                Checkpoint.of(
                                plan.settings(),
                                search.norm(),
                                logits,
                                evidence,
                                Arrays.stream(nanos)
                                        .map(row -> Arrays.stream(row).boxed().toList())
                                        .toList(),
                                batches)
                        .write(checkpoint);
            } catch (IOException e) {
                throw new UncheckedIOException("checkpoint: cannot write " + checkpoint + ": " + e.getMessage(), e);
            }
        }
    }

    /** The report after the last batch. */
    EvaluationReport report() {
        if (batches.size() < saved.size()) {
            throw new IllegalArgumentException(
                    "resumeFrom: " + source + " holds " + saved.size() + " batches, the data only " + batches.size()
                            + "; give the same data in the same order and batches");
        }
        List<ExampleResult> all =
                batches.stream().flatMap(batch -> batch.examples().stream()).toList();
        List<FailureFlag> flags = all.isEmpty() ? List.of() : Flags.of(all, plan.settings(), evidence);
        for (FailureFlag flag : flags) {
            LOG.warn("{}: {}", flag.kind(), flag.message());
        }
        return new EvaluationReport(plan.settings(), search.norm(), all, costs(all), flags);
    }

    private List<AttackCost> costs(List<ExampleResult> all) {
        List<AttackCost> costs = new ArrayList<>();
        for (int e = 0; e < plan.epsilons().size(); e++) {
            for (int a = 0; a < plan.contenders().size(); a++) {
                boolean minimumNorm = plan.contenders().get(a).minimumNorm();
                if (e == 0 || !minimumNorm) {
                    double epsilon = minimumNorm
                            ? Double.POSITIVE_INFINITY
                            : plan.epsilons().get(e);
                    costs.add(cost(plan.contenders().get(a).name(), epsilon, nanos[a][e], all));
                }
            }
        }
        return costs;
    }

    private static AttackCost cost(String attack, double epsilon, long nanos, List<ExampleResult> all) {
        List<ExampleResult.Trial> trials = all.stream()
                .flatMap(example -> example.trials().stream())
                .filter(trial -> trial.attack().equals(attack) && trial.epsilon() == epsilon)
                .toList();
        return new AttackCost(
                attack,
                epsilon,
                trials.size(),
                trials.stream().mapToLong(ExampleResult.Trial::gradients).sum(),
                trials.stream().mapToLong(ExampleResult.Trial::forwards).sum(),
                nanos / 1e9);
    }
}
