package org.jacreg.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.gaps.TrainTest;
import org.jacreg.examples.result.AdversarialDigit;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.Curve;
import org.jacreg.examples.result.CurvePoint;
import org.jacreg.examples.result.DataSummary;
import org.jacreg.examples.result.Environment;
import org.jacreg.examples.result.EpochPoint;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.LambdaPoint;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.ModelResult;
import org.jacreg.examples.result.Preset;
import org.jacreg.examples.result.Scores;
import org.jacreg.examples.result.Settings;

/** A result with invented figures, for tests of how results are shown and stored. */
public final class MadeUpResult {

    private MadeUpResult() {}

    public static ExperimentResult make() {
        List<ModelResult> models = new ArrayList<>();
        for (ModelKind kind : ModelKind.values()) {
            models.add(model(kind));
        }
        return new ExperimentResult(
                ExperimentResult.FORMAT,
                "2025-01-02T03:04:05Z",
                201.5,
                "jacreg --preset standard --seed 1 <invented & \"quoted\">",
                Settings.of(Preset.STANDARD).build(),
                new Environment(
                        "0.1", "17 (vendor)", "Linux 6 amd64", 2, "1.0", "CpuBackend", "OPENBLAS", "2", "FLOAT"),
                new DataSummary("invented", 28, 28, 10, 20_000, 60_000, 1_000, 10_000, Map.of("train.gz", "0123abcd")),
                models,
                List.of(
                        new LambdaPoint(ModelKind.FROBENIUS, 0.003, gaps(3)),
                        new LambdaPoint(ModelKind.FROBENIUS, 0.3, gaps(5))));
    }

    private static ModelResult model(ModelKind kind) {
        double k = kind.ordinal() + 1;
        List<EpochPoint> history = new ArrayList<>();
        for (int epoch = 0; epoch <= 4; epoch++) {
            double norm = kind == ModelKind.PLAIN ? 1 + 3 * epoch : 1 + epoch / k;
            history.add(new EpochPoint(
                    epoch,
                    epoch == 0 ? 0 : 3.5 * k,
                    epoch == 0 ? Double.NaN : 1.0 / epoch,
                    epoch == 0 ? 0.1 : 0.9 + 0.01 * epoch,
                    2.3 / (1 + 2 * epoch),
                    norm,
                    40 * norm,
                    new EpochPoint.LossPair(2.3 + 0.7 * epoch / k, 2.3 / (1 + epoch) + 4 * norm),
                    new EpochPoint.LossPair(2.3 + 0.5 * epoch / k, 2.3 / (1 + epoch) + 2.1 * norm)));
        }
        return new ModelResult(
                kind,
                new Scores(
                        0.991,
                        0.971 - k / 1000,
                        0.2 + k / 10,
                        0.1 + k / 10,
                        0.05 + k / 10,
                        0.4 + k / 10,
                        0.3 + k / 10,
                        0.02 * k,
                        0.01 * k,
                        14 / k,
                        1234.5 / k,
                        3.5 * k),
                history,
                List.of(curve(AttackNorm.LINF, 0.1, k), curve(AttackNorm.L2, 1.5, k)),
                List.of(bracket(AttackNorm.LINF, 0.1), bracket(AttackNorm.L2, 1.5)),
                gaps(k),
                digits(kind));
    }

    private static Bracket bracket(AttackNorm norm, double epsilon) {
        return new Bracket(
                norm,
                "CROWN",
                List.of(-1.0, 0.0, 0.3 * epsilon, 1.2 * epsilon),
                List.of(0.0, 0.8 * epsilon, 1.5 * epsilon, Double.POSITIVE_INFINITY));
    }

    private static GapReport gaps(double k) {
        TrainTest one = new TrainTest(1 / k, 1.5 / k);
        return new GapReport(
                new Risks(
                        one,
                        one,
                        one,
                        new TrainTest(2 / k, 4 / k),
                        one,
                        one,
                        new TrainTest(4 / k, 7 / k),
                        one,
                        one,
                        one),
                List.of(bound(GapBounds.STANDARD, k), bound(GapBounds.LINF, 2 * k), bound(GapBounds.L2, 3 * k)));
    }

    private static BoundFigure bound(String name, double k) {
        return new BoundFigure(
                name,
                100 * k,
                k > 2,
                List.of(
                        new BoundFigure.Part("loss share", 60 * k, "2 R(loss)"),
                        new BoundFigure.Part("Jacobian share", 40 * k, "2 eps c R(Jacobian)"),
                        new BoundFigure.Part("second order", Double.POSITIVE_INFINITY, "none")));
    }

    private static Curve curve(AttackNorm norm, double epsilon, double k) {
        List<CurvePoint> points = new ArrayList<>();
        for (double factor : new double[] {0, 0.25, 0.5, 1, 1.5, 2}) {
            points.add(new CurvePoint(factor * epsilon, 0.97 * Math.exp(-factor * factor * 3 / k)));
        }
        return new Curve(norm, points);
    }

    private static List<AdversarialDigit> digits(ModelKind kind) {
        List<AdversarialDigit> digits = new ArrayList<>();
        for (int d = 0; d < 8; d++) {
            float[] clean = new float[784];
            float[] attacked = new float[784];
            for (int i = 0; i < 784; i++) {
                double radius = Math.hypot(i % 28 - 14, (i / 28 - 14) * (1 + d / 8.0));
                clean[i] = Math.abs(radius - 8) < 2 ? 1f : 0f;
                float sign = (i * 31 + d * 7 + kind.ordinal()) % 3 - 1;
                attacked[i] = Math.min(1f, Math.max(0f, clean[i] + 0.1f * sign));
            }
            int after = d % 3 == 0 ? (d + 1) % 10 : d;
            digits.add(new AdversarialDigit(
                    d,
                    28,
                    28,
                    d,
                    d == 7 ? 1 : d,
                    after,
                    AdversarialDigit.pack(clean),
                    AdversarialDigit.pack(attacked)));
        }
        return digits;
    }
}
