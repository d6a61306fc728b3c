package org.jacreg.examples.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.Fmn;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.examples.result.ModelKind;
import org.nd4j.linalg.api.buffer.DataType;

/** Encloses the radius within which a model's answers stay right, from below by certificates and from above by attacks. */
final class Bracketing {

    /** Digits that are certified or attacked together. */
    private static final int CHUNK = 20;

    /** The bisection ends at 1/256 of the largest radius that is tried. */
    private static final int BISECTIONS = 8;

    /** Radii at which PGD looks for what the minimum-norm attack overlooked, as shares of the largest. */
    private static final int PGD_RADII = 8;

    private final ModelKind kind;
    private final EvaluationSettings settings;
    private final long seed;
    private final ExperimentListener listener;

    Bracketing(ModelKind kind, EvaluationSettings settings, long seed, ExperimentListener listener) {
        this.kind = kind;
        this.settings = settings;
        this.seed = seed;
        this.listener = listener;
    }

    /** For l_inf and l2, on the first of the test images. */
    List<Bracket> of(ModelTraining training, Sample test) {
        Sample some = test.first(settings.certifySize(), training.model().classes());
        BoundGraph graph = BoundGraph.of(training.graph());
        listener.stage(kind.label() + ": certificates", 2L * some.size());
        Bracket linf = bracket(graph, training, some, AttackNorm.LINF, 0);
        Bracket l2 = bracket(graph, training, some, AttackNorm.L2, some.size());
        listener.done(summary(linf) + "; " + summary(l2));
        return List.of(linf, l2);
    }

    private Bracket bracket(BoundGraph graph, ModelTraining training, Sample some, AttackNorm norm, long before) {
        double largest = settings.largestRadius(norm);
        BoundMethod method = BoundMethod.CROWN;
        Certifier certifier = Certifier.of(graph)
                .method(method)
                .norm(norm == AttackNorm.LINF ? BallNorm.LINF : BallNorm.L2)
                .bounds(0, 1)
                .build();
        double[] certified = new double[some.size()];
        double[] attacked = nearest(training, some, norm, largest);
        double[][] x = rows(some);
        int[] labels = some.labels();
        for (int from = 0; from < certified.length; from += CHUNK) {
            int to = Math.min(certified.length, from + CHUNK);
            List<Certificate> radii = certifier.largestRadii(
                    Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(labels, from, to), largest, BISECTIONS);
            for (int n = from; n < to; n++) {
                certified[n] = radii.get(n - from).radius();
            }
            listener.progress(before + to);
        }
        return new Bracket(norm, method.name(), boxed(certified), boxed(attacked));
    }

    /** The nearest error that a minimum-norm attack, or PGD at some radii, finds for every digit. */
    private double[] nearest(ModelTraining training, Sample some, AttackNorm norm, double largest) {
        Norm metric = norm == AttackNorm.LINF ? Norm.LINF : Norm.L2;
        double[] distance = new double[some.size()];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        include(distance, Fmn.in(metric).build(), metric, training, some);
        for (int k = 1; k <= PGD_RADII; k++) {
            NormBall ball =
                    metric == Norm.LINF ? NormBall.linf(largest * k / PGD_RADII) : NormBall.l2(largest * k / PGD_RADII);
            Attack pgd = Pgd.in(ball)
                    .steps(settings.pgdSteps())
                    .restarts(settings.pgdRestarts())
                    .seed(seed)
                    .build();
            include(distance, pgd, metric, training, some);
        }
        return distance;
    }

    private static void include(double[] distance, Attack attack, Norm metric, ModelTraining training, Sample some) {
        AttackResult result = attack.attack(training.model(), some.x(), some.y());
        for (int n = 0; n < distance.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            if (outcome.cleanPrediction() != outcome.label()) {
                distance[n] = 0;
            } else if (outcome.success()) {
                distance[n] = Math.min(distance[n], Math.min(outcome.firstDistance(), outcome.distance(metric)));
            }
        }
    }

    private static double[][] rows(Sample some) {
        return some.x().castTo(DataType.DOUBLE).toDoubleMatrix();
    }

    private static List<Double> boxed(double[] values) {
        return DoubleStream.of(values).boxed().toList();
    }

    private static String summary(Bracket bracket) {
        return String.format(
                Locale.ROOT,
                "%s: half within %.4f certified, attacked %.4f",
                bracket.norm(),
                bracket.medianCertified(),
                bracket.medianAttacked());
    }
}
