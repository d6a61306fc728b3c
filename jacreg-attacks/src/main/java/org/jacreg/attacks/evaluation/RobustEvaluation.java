package org.jacreg.attacks.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.MinimumNormAttack;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.Labels;
import org.jacreg.report.ConfidenceInterval;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Measures accuracy under attack at several epsilons.
 *
 * <pre>{@code
 * EvaluationReport report = RobustEvaluation.of(model)
 *         .attack(eps -> Pgd.linf(eps).steps(40).seed(1).build())
 *         .epsilons(0.05, 0.1, 0.2)
 *         .checkpoint(Path.of("evaluation.json"))
 *         .report(x, y);
 * }</pre>
 *
 * <p>An example is robust at an epsilon if it is classified correctly as it is, and no attack found an error within this
 * radius: the worst case over all attacks, example by example. A point found in a small ball also lies in the larger ones,
 * so an example once broken is not attacked again ({@link #everyAttackOnEveryExample()} changes that) and the curve never
 * rises. A minimum-norm attack runs once for all epsilons. Every success an attack reports is checked by evaluating the
 * model at the reported point, and its distance is measured; an attack that lies is an error.
 *
 * <p>Attacks run in the order in which they were added. Cheap ones first save time; attacks without gradients last let
 * {@link FailureFlag.Kind#BLACK_BOX_BEATS_WHITE_BOX} see what gradients missed.
 *
 * <p>Signs that the figures say more about the attacks than about the model are reported as {@link FailureFlag}s, and logged
 * as warnings. Where the model's gradients are not finite on an example, the attack's search on it fails, the example counts
 * as robust under that attack, and a flag says so.
 *
 * <p>Configure, then {@code run} or {@code report}, as often as wanted. For one thread; interrupting it, like cancelling by
 * the listener, ends the evaluation, and the checkpoint then holds all finished batches.
 */
public final class RobustEvaluation {

    private final Classifier model;
    private final List<Added> attacks = new ArrayList<>();
    private double[] epsilons = {};
    private int batchSize = 256;
    private double confidence = 0.95;
    private boolean everyAttack;
    private boolean probes = true;
    private @Nullable Path checkpoint;
    private @Nullable Path source;
    private ProgressListener listener = ProgressListener.none();

    private RobustEvaluation(Classifier model) {
        this.model = model;
    }

    /** An attack as it was added; the name is empty if none was given. */
    private record Added(String name, boolean minimumNorm, DoubleFunction<? extends Attack> attackAt) {}

    /**
     * Starts an evaluation.
     *
     * @param model the classifier; not modified
     * @return an evaluation without attacks and epsilons
     */
    public static RobustEvaluation of(Classifier model) {
        return new RobustEvaluation(model);
    }

    /**
     * Adds an untargeted attack, named after its configuration.
     *
     * @param attackAt makes the attack of a given epsilon, for example {@code eps -> Pgd.linf(eps).seed(1).build()}; the
     *     norm must be the same at every epsilon and for every attack added
     * @return this evaluation
     */
    public RobustEvaluation attack(DoubleFunction<? extends Attack> attackAt) {
        attacks.add(new Added("", false, attackAt));
        return this;
    }

    /**
     * Adds an untargeted attack.
     *
     * @param name the name it goes by in the report
     * @param attackAt makes the attack of a given epsilon
     * @return this evaluation
     * @throws IllegalArgumentException if the name is blank or taken
     */
    public RobustEvaluation attack(String name, DoubleFunction<? extends Attack> attackAt) {
        attacks.add(new Added(free(name), false, attackAt));
        return this;
    }

    /**
     * Adds an untargeted minimum-norm attack, named after its configuration. It runs once and serves all epsilons.
     *
     * @param attack the attack, in the norm of the others
     * @return this evaluation
     */
    public RobustEvaluation attack(MinimumNormAttack attack) {
        attacks.add(new Added("", true, epsilon -> attack));
        return this;
    }

    /**
     * Adds an untargeted minimum-norm attack. It runs once and serves all epsilons.
     *
     * @param name the name it goes by in the report
     * @param attack the attack, in the norm of the others
     * @return this evaluation
     * @throws IllegalArgumentException if the name is blank or taken
     */
    public RobustEvaluation attack(String name, MinimumNormAttack attack) {
        attacks.add(new Added(free(name), true, epsilon -> attack));
        return this;
    }

    /**
     * Adds the parts of AutoAttack, each as an attack of its own name: the report then says what each part found, and flags see
     * whether Square finds what the gradients missed. The worst case over them is AutoAttack's.
     *
     * @param ensembleAt makes the ensemble of a given epsilon, for example {@code eps -> AutoAttack.linf(eps).build()}; asked once
     *     with radius 1 for the names
     * @return this evaluation
     * @throws IllegalArgumentException if a name is taken
     */
    public RobustEvaluation ensemble(DoubleFunction<AutoAttack> ensembleAt) {
        int classes = model.classes();
        List<AutoAttack.Part> parts = ensembleAt.apply(1).parts(classes);
        for (int i = 0; i < parts.size(); i++) {
            int part = i;
            attack(
                    parts.get(i).name(),
                    eps -> ensembleAt.apply(eps).parts(classes).get(part).attack());
        }
        return this;
    }

    private String free(String name) {
        if (name.isBlank() || attacks.stream().anyMatch(added -> added.name().equals(name))) {
            throw new IllegalArgumentException("attack: expected a name that no other attack has, got '" + name + "'");
        }
        return name;
    }

    /**
     * Also runs attacks on examples that another attack has broken, so that the accuracy under every attack alone is known
     * ({@link EvaluationReport#byAttack()}). An attack still spares examples that it has itself broken at a smaller epsilon.
     *
     * @return this evaluation
     */
    public RobustEvaluation everyAttackOnEveryExample() {
        this.everyAttack = true;
        return this;
    }

    /**
     * Spares the probes, which evaluate the first batch, a few gradients and a few attacks twice and let attacks loose on the
     * whole box. Flags that follow from the results alone remain.
     *
     * @return this evaluation
     */
    public RobustEvaluation withoutProbes() {
        this.probes = false;
        return this;
    }

    /**
     * Writes all that was found to a file after every batch, as a whole, so that {@link #resumeFrom} can go on from it.
     *
     * @param file where to; must not exist, unless the evaluation is resumed from it
     * @return this evaluation
     */
    public RobustEvaluation checkpoint(Path file) {
        this.checkpoint = file;
        return this;
    }

    /**
     * Goes on from a checkpoint: its batches are not attacked again, their data only compared. The result is that of an
     * evaluation without interruption, times excepted.
     *
     * @param file what {@link #checkpoint} wrote, for the same attacks, epsilons, data in the same batches, and model; the
     *     confidence may differ
     * @return this evaluation
     */
    public RobustEvaluation resumeFrom(Path file) {
        this.source = file;
        return this;
    }

    /**
     * Sets the epsilons.
     *
     * @param values positive and finite, in any order
     * @return this evaluation
     * @throws IllegalArgumentException if there is none, or one is not positive and finite, or one comes twice
     */
    public RobustEvaluation epsilons(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        boolean valid = sorted.length > 0 && Arrays.stream(sorted).distinct().count() == sorted.length;
        for (double value : sorted) {
            valid &= value > 0 && value < Double.POSITIVE_INFINITY;
        }
        if (!valid) {
            throw new IllegalArgumentException(
                    "epsilons: expected at least one, all different, positive and finite, got "
                            + Arrays.toString(values) + "; the accuracy without an attack is always part of the curve");
        }
        this.epsilons = sorted;
        return this;
    }

    /**
     * Sets how many examples are attacked at once when arrays are given. Memory grows with it, results do not change
     * beyond the rounding of the model.
     *
     * @param value at least 1; 256 unless set
     * @return this evaluation
     * @throws IllegalArgumentException if {@code value < 1}
     */
    public RobustEvaluation batchSize(int value) {
        if (!(value >= 1)) {
            throw new IllegalArgumentException("batchSize must be at least 1, got " + value);
        }
        this.batchSize = value;
        return this;
    }

    /**
     * Sets the confidence of the intervals.
     *
     * @param value in (0, 1); 0.95 unless set
     * @return this evaluation
     * @throws IllegalArgumentException if {@code value} is not in (0, 1)
     */
    public RobustEvaluation confidence(double value) {
        ConfidenceInterval.requireConfidence(value);
        this.confidence = value;
        return this;
    }

    /**
     * Sets who hears of progress and may cancel. One unit is one example at one epsilon; over an iterator the total is
     * unknown and given as {@link Long#MAX_VALUE}.
     *
     * @param value the listener
     * @return this evaluation
     */
    public RobustEvaluation listener(ProgressListener value) {
        this.listener = value;
        return this;
    }

    /**
     * Evaluates examples held in arrays.
     *
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y one-hot {@code [N, C]} or sparse {@code [N]} true classes; not modified
     * @return the curve of {@link #report(INDArray, INDArray)}
     * @throws IllegalStateException if no attack or no epsilon was set, or an attack breaks its contract
     * @throws IllegalArgumentException if the examples do not fit the model, or the checkpoint is of another evaluation
     * @throws ArithmeticException if a logit of an example is NaN or infinite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written
     */
    public RobustnessCurve run(INDArray x, INDArray y) {
        return report(x, y).curve();
    }

    /**
     * Evaluates the examples of an iterator, from where it stands to its end; it is not reset.
     *
     * @param examples features and one-hot or sparse labels, batch by batch; advanced
     * @return the curve of {@link #report(DataSetIterator)}
     * @throws IllegalStateException if no attack or no epsilon was set, or an attack breaks its contract
     * @throws IllegalArgumentException if there is no example, the examples do not fit the model, or the checkpoint is of
     *     another evaluation
     * @throws ArithmeticException if a logit of an example is NaN or infinite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written
     */
    public RobustnessCurve run(DataSetIterator examples) {
        return report(examples).curve();
    }

    /**
     * Evaluates examples held in arrays.
     *
     * @param x {@code [N, *inputShape]} in the model's box; not modified
     * @param y one-hot {@code [N, C]} or sparse {@code [N]} true classes; not modified
     * @return everything that was found
     * @throws IllegalStateException if no attack or no epsilon was set, or an attack breaks its contract
     * @throws IllegalArgumentException if the examples do not fit the model, or the checkpoint is of another evaluation
     * @throws ArithmeticException if a logit of an example is NaN or infinite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written
     */
    public EvaluationReport report(INDArray x, INDArray y) {
        int[] labels = Labels.indices(y, model.classes());
        if (x.isEmpty() || x.size(0) != labels.length) {
            throw new IllegalArgumentException(
                    "evaluation: expected as many labels as inputs and at least one, got shapes "
                            + Arrays.toString(x.shape()) + " and " + Arrays.toString(y.shape()));
        }
        EvaluationRun run = start(labels.length);
        for (int start = 0; start < labels.length; start += batchSize) {
            int end = Math.min(start + batchSize, labels.length);
            run.add(x.get(NDArrayIndex.interval(start, end)), Arrays.copyOfRange(labels, start, end));
        }
        return run.report();
    }

    /**
     * Evaluates the examples of an iterator, from where it stands to its end; it is not reset.
     *
     * @param examples features and one-hot or sparse labels, batch by batch; advanced
     * @return everything that was found
     * @throws IllegalStateException if no attack or no epsilon was set, or an attack breaks its contract
     * @throws IllegalArgumentException if there is no example, the examples do not fit the model, or the checkpoint is of
     *     another evaluation
     * @throws ArithmeticException if a logit of an example is NaN or infinite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written
     */
    public EvaluationReport report(DataSetIterator examples) {
        EvaluationRun run = start(0);
        while (examples.hasNext()) {
            DataSet batch = examples.next();
            run.add(batch.getFeatures(), Labels.indices(batch.getLabels(), model.classes()));
        }
        return run.report();
    }

    private EvaluationRun start(long examples) {
        if (attacks.isEmpty() || epsilons.length == 0) {
            throw new IllegalStateException("evaluation: " + attacks.size() + " attacks and " + epsilons.length
                    + " epsilons set, expected at least one of each; call attack(...) and epsilons(...)");
        }
        if (model.classes() < 2) {
            throw new IllegalArgumentException(
                    "classifier: expected at least 2 classes to attack, got " + model.classes());
        }
        if (checkpoint != null && Files.exists(checkpoint) && !checkpoint.equals(source)) {
            throw new IllegalArgumentException("checkpoint: " + checkpoint
                    + " exists already; call resumeFrom with the same file to go on from it, or remove it");
        }
        List<Contender> contenders = contenders();
        EvaluationSettings settings = new EvaluationSettings(
                Arrays.stream(epsilons).boxed().toList(),
                contenders.stream().map(Contender::settings).toList(),
                everyAttack,
                probes,
                confidence,
                EvaluationSettings.Model.of(model));
        long total = examples > 0 ? examples * epsilons.length : Long.MAX_VALUE;
        return new EvaluationRun(new Plan(model, contenders, settings, listener), total, checkpoint, source);
    }

    private List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        List<String> taken = new ArrayList<>(attacks.stream().map(Added::name).toList());
        for (Added added : attacks) {
            List<? extends Attack> all = Arrays.stream(epsilons)
                    .limit(added.minimumNorm() ? 1 : epsilons.length)
                    .mapToObj(added.attackAt())
                    .toList();
            String name = added.name();
            if (name.isEmpty()) {
                name = derived(all.get(0).toString(), taken);
                taken.add(name);
            }
            contenders.add(new Contender(name, added.minimumNorm(), added.attackAt(), all));
        }
        return contenders;
    }

    /** What stands before the options in a configuration, numbered from the second on. */
    private static String derived(String configuration, List<String> taken) {
        int bracket = configuration.indexOf('[');
        String stem = bracket > 0 ? configuration.substring(0, bracket) : "attack";
        String name = stem;
        for (int number = 2; taken.contains(name); number++) {
            name = stem + " " + number;
        }
        return name;
    }
}
