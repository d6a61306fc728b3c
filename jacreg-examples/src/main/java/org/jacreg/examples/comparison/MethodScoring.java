package org.jacreg.examples.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.evaluation.RobustEvaluation;
import org.jacreg.attacks.evaluation.RobustnessCurve;
import org.jacreg.classifier.Classifier;
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
        long start = System.nanoTime();
        RobustnessCurve pgd = curve(
                method.label() + ", seed " + seed + ": PGD",
                trained.model(),
                digits.exam(),
                eps -> Pgd.linf(eps).steps(exam.pgdSteps()).seed(seed).build());
        long middle = System.nanoTime();
        List<Double> autoAttack = exam.autoAttackSize() == 0
                ? List.of()
                : accuracies(curve(
                        method.label() + ", seed " + seed + ": AutoAttack",
                        trained.model(),
                        digits.exam().first(exam.autoAttackSize()),
                        eps -> Ensemble.linf(eps, seed)));
        long end = System.nanoTime();
        return new MethodRun(
                method,
                strength,
                seed,
                pgd.accuracy(),
                accuracies(pgd),
                autoAttack,
                trainingSeconds,
                (middle - start) / 1e9,
                (end - middle) / 1e9,
                trained.loss());
    }

    private RobustnessCurve curve(
            String stage, Classifier model, LabelledImages images, DoubleFunction<? extends Attack> attackAt) {
        int[] all = images.all();
        listener.stage(stage, (long) all.length * exam.epsilons().size());
        RobustnessCurve curve = RobustEvaluation.of(model)
                .attack(attackAt)
                .epsilons(exam.epsilons().stream().mapToDouble(e -> e).toArray())
                .batchSize(CHUNK)
                .listener((done, total) -> listener.progress(done))
                .run(images.features(all), images.oneHot(all, digits.classes()));
        listener.done(String.format(Locale.ROOT, "clean %.3f, under attack %s", curve.accuracy(), accuracies(curve)));
        return curve;
    }

    private List<Double> accuracies(RobustnessCurve curve) {
        List<Double> accuracies = new ArrayList<>();
        for (double epsilon : exam.epsilons()) {
            accuracies.add(curve.robustAccuracy(epsilon));
        }
        return accuracies;
    }
}
