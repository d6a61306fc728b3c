package org.jacreg.examples.comparison;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.evaluation.EvaluationReport;
import org.jacreg.attacks.evaluation.FailureFlag;
import org.jacreg.attacks.evaluation.RobustEvaluation;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.experiment.ExperimentListener;

/** Measures a trained network. */
final class MethodScoring {

    private static final int CHUNK = 500;

    private final Exam exam;
    private final Digits digits;
    private final ExperimentListener listener;

    MethodScoring(Exam exam, Digits digits, ExperimentListener listener) {
        this.exam = exam;
        this.digits = digits;
        this.listener = listener;
    }

    MethodRun score(Method method, double strength, long seed, MethodTraining.Trained trained, double trainingSeconds) {
        String name = method.label() + ", seed " + seed;
        long start = System.nanoTime();
        EvaluationReport pgd = report(
                name + ": PGD",
                digits.exam(),
                RobustEvaluation.of(trained.model())
                        .attack(eps ->
                                Pgd.linf(eps).steps(exam.pgdSteps()).seed(seed).build()));
        long middle = System.nanoTime();
        Optional<EvaluationReport> autoAttack = exam.autoAttackSize() == 0
                ? Optional.empty()
                : Optional.of(report(
                        name + ": AutoAttack",
                        digits.exam().first(exam.autoAttackSize()),
                        RobustEvaluation.of(trained.model())
                                .withoutProbes()
                                .ensemble(eps -> AutoAttack.linf(eps).seed(seed).build())));
        long end = System.nanoTime();
        return new MethodRun(
                method,
                strength,
                seed,
                pgd.accuracy(),
                accuracies(pgd),
                autoAttack.map(this::accuracies).orElse(List.of()),
                flags(pgd, autoAttack),
                trainingSeconds,
                (middle - start) / 1e9,
                (end - middle) / 1e9,
                trained.loss());
    }

    private EvaluationReport report(String stage, LabelledImages images, RobustEvaluation evaluation) {
        int[] all = images.all();
        listener.stage(stage, (long) all.length * exam.epsilons().size());
        EvaluationReport report = evaluation
                .epsilons(exam.epsilons().stream().mapToDouble(e -> e).toArray())
                .batchSize(CHUNK)
                .listener((done, total) -> listener.progress(done))
                .report(images.features(all), images.oneHot(all, digits.classes()));
        listener.done(String.format(Locale.ROOT, "clean %.3f, under attack %s", report.accuracy(), accuracies(report)));
        return report;
    }

    private List<Double> accuracies(EvaluationReport report) {
        return exam.epsilons().stream().map(report::robustAccuracy).toList();
    }

    private static List<FailureFlag.Kind> flags(EvaluationReport pgd, Optional<EvaluationReport> autoAttack) {
        return Stream.concat(pgd.flags().stream(), autoAttack.stream().flatMap(report -> report.flags().stream()))
                .map(FailureFlag::kind)
                .distinct()
                .sorted()
                .toList();
    }
}
