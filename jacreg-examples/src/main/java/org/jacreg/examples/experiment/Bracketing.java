package org.jacreg.examples.experiment;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
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

    /** The bisection ends at 1/64 of the largest radius that is tried, about that of the nearest attack. */
    private static final int BISECTIONS = 6;

    private static final double BEYOND = 1.25;

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
        double[] attacked = nearest(training, some, norm, largest);
        double[] certified = new double[attacked.length];
        double[][] x = some.x().castTo(DataType.DOUBLE).toDoubleMatrix();
        int[] labels = some.labels();
        int[] order = IntStream.range(0, attacked.length)
                .boxed()
                .sorted(Comparator.comparingDouble(n -> attacked[n]))
                .mapToInt(n -> n)
                .toArray();
        for (int from = 0; from < order.length; from += CHUNK) {
            int[] chosen = Arrays.copyOfRange(order, from, Math.min(order.length, from + CHUNK));
            double farthest = attacked[chosen[chosen.length - 1]];
            // beyond what was attacked, so that a certificate that is wrong is not cut short
            double top = farthest > 0 ? Math.min(largest, BEYOND * farthest) : largest;
            certify(certifier, x, labels, chosen, top, certified);
            listener.progress(before + from + chosen.length);
        }
        return new Bracket(norm, method.name(), boxed(certified), boxed(attacked));
    }

    private static void certify(
            Certifier certifier, double[][] x, int[] labels, int[] chosen, double largest, double[] certified) {
        List<Certificate> radii = certifier.largestRadii(
                Arrays.stream(chosen).mapToObj(n -> x[n]).toArray(double[][]::new),
                Arrays.stream(chosen).map(n -> labels[n]).toArray(),
                largest,
                BISECTIONS);
        for (int i = 0; i < chosen.length; i++) {
            certified[chosen[i]] = radii.get(i).radius();
        }
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
