package org.jacreg.examples.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.AutoAttack;
import org.jacreg.attacks.Fgsm;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.evaluation.RobustEvaluation;
import org.jacreg.attacks.evaluation.RobustnessCurve;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.result.AdversarialDigit;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.Curve;
import org.jacreg.examples.result.CurvePoint;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.ModelResult;
import org.jacreg.examples.result.Scores;
import org.jacreg.jacobian.JacobianNorms;

/** Measures a trained model: the row of the table, the curves, some attacked digits. */
final class Scoring {

    /** Samples attacked at once: large enough for fast matrix products, small enough for the caches. */
    private static final int CHUNK = 500;

    private final ModelKind kind;
    private final EvaluationSettings settings;
    private final long seed;
    private final ExperimentListener listener;
    private long before;

    Scoring(ModelKind kind, EvaluationSettings settings, long seed, ExperimentListener listener) {
        this.kind = kind;
        this.settings = settings;
        this.seed = seed;
        this.listener = listener;
    }

    ModelResult score(ModelTraining training, Sample train, Sample test, Sample shown, GapReport gaps) {
        Classifier model = training.model();
        List<Bracket> brackets = new Bracketing(kind, settings, seed, listener).of(training, test);
        Bracket certified = brackets.get(0);
        double[] linf = radii(settings.epsilonLinf());
        double[] l2 = radii(settings.epsilonL2());
        listener.stage(
                kind.label() + ": attacks", (long) test.size() * 2 * (linf.length + 1) + settings.autoAttackSize());
        RobustnessCurve fgsmLinf =
                run(model, test, Fgsm.linf(settings.epsilonLinf()).build(), settings.epsilonLinf());
        RobustnessCurve fgsmL2 = run(model, test, Fgsm.l2(settings.epsilonL2()).build(), settings.epsilonL2());
        RobustnessCurve pgdLinf = run(model, test, eps -> pgd(NormBall.linf(eps)), linf);
        RobustnessCurve pgdL2 = run(model, test, eps -> pgd(NormBall.l2(eps)), l2);
        RobustnessCurve autoAttack = autoAttack(model, test);
        JacobianNorms norms = training.jacobian().norms(test.x());
        Scores scores = new Scores(
                Probe.accuracy(model.logits(train.x()), train.labels()),
                Probe.accuracy(model.logits(test.x()), test.labels()),
                fgsmLinf.robustAccuracy(settings.epsilonLinf()),
                pgdLinf.robustAccuracy(settings.epsilonLinf()),
                autoAttack.robustAccuracy(settings.epsilonLinf()),
                fgsmL2.robustAccuracy(settings.epsilonL2()),
                pgdL2.robustAccuracy(settings.epsilonL2()),
                certified.certifiedAt(settings.epsilonLinf()),
                certified.medianCertified(),
                norms.meanFrobenius(),
                norms.meanL11(),
                secondsPerEpoch(training));
        listener.done(summary(scores));
        return new ModelResult(
                kind,
                scores,
                training.history(),
                List.of(curve(AttackNorm.LINF, pgdLinf), curve(AttackNorm.L2, pgdL2)),
                brackets,
                gaps,
                digits(model, shown));
    }

    private RobustnessCurve autoAttack(Classifier model, Sample test) {
        return run(
                RobustEvaluation.of(model)
                        .withoutProbes()
                        .ensemble(eps -> AutoAttack.linf(eps).seed(seed).build()),
                test.first(settings.autoAttackSize(), model.classes()),
                settings.epsilonLinf());
    }

    private static double secondsPerEpoch(ModelTraining training) {
        return training.history().stream()
                .skip(1)
                .mapToDouble(EpochPoint::seconds)
                .average()
                .orElse(Double.NaN);
    }

    private double[] radii(double epsilon) {
        return settings.curveFactors().stream()
                .mapToDouble(factor -> factor * epsilon)
                .toArray();
    }

    private Pgd pgd(NormBall ball) {
        return Pgd.in(ball)
                .steps(settings.pgdSteps())
                .restarts(settings.pgdRestarts())
                .seed(seed)
                .build();
    }

    private RobustnessCurve run(Classifier model, Sample test, Attack attack, double epsilon) {
        return run(RobustEvaluation.of(model).attack(eps -> attack), test, epsilon);
    }

    private RobustnessCurve run(
            Classifier model, Sample test, DoubleFunction<? extends Attack> attackAt, double[] radii) {
        return run(RobustEvaluation.of(model).attack(attackAt), test, radii);
    }

    private RobustnessCurve run(RobustEvaluation evaluation, Sample test, double... radii) {
        RobustnessCurve curve = evaluation
                .epsilons(radii)
                .batchSize(CHUNK)
                .listener((done, total) -> listener.progress(before + done))
                .run(test.x(), test.y());
        before += (long) test.size() * radii.length;
        listener.progress(before);
        return curve;
    }

    private static Curve curve(AttackNorm norm, RobustnessCurve measured) {
        return new Curve(
                norm,
                measured.points().stream()
                        .map(point -> new CurvePoint(point.epsilon(), point.accuracy()))
                        .toList());
    }

    private List<AdversarialDigit> digits(Classifier model, Sample shown) {
        AttackResult result = pgd(NormBall.linf(settings.epsilonLinf())).attack(model, shown.x(), shown.y());
        List<AdversarialDigit> digits = new ArrayList<>();
        for (int n = 0; n < shown.size(); n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            digits.add(new AdversarialDigit(
                    shown.places().get(n),
                    shown.images().rows(),
                    shown.images().columns(),
                    shown.images().label(n),
                    outcome.cleanPrediction(),
                    outcome.prediction(),
                    AdversarialDigit.pack(shown.x().getRow(n).toFloatVector()),
                    AdversarialDigit.pack(result.adversarial().getRow(n).toFloatVector())));
        }
        return digits;
    }

    private static String summary(Scores scores) {
        return String.format(
                Locale.ROOT,
                "clean %.1f%%, PGD l_inf %.1f%%, AutoAttack %.1f%%, PGD l2 %.1f%%, ||J||_F %.2f",
                100 * scores.cleanTest(),
                100 * scores.pgdLinf(),
                100 * scores.autoAttack(),
                100 * scores.pgdL2(),
                scores.frobenius());
    }
}
