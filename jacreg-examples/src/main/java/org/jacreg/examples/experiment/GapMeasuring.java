package org.jacreg.examples.experiment;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.ExamSample;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.gaps.RiskProbe;
import org.jacreg.examples.gaps.Threat;
import org.jacreg.examples.gaps.TrainedNet;
import org.jacreg.examples.result.EvaluationSettings;
import org.jacreg.examples.result.LambdaPoint;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.Settings;

/** Measures gaps of trained models and computes their bounds; trains the penalties once more at other weights for this alone. */
final class GapMeasuring {

    private final Settings settings;
    private final int classes;
    private final Threat threat;
    private final LabelledImages train;
    private final RiskProbe probe;

    GapMeasuring(Settings settings, Sample train, Sample test, int classes, long seed) {
        EvaluationSettings evaluation = settings.evaluation();
        this.settings = settings;
        this.classes = classes;
        this.threat = new Threat(evaluation.epsilonLinf(), evaluation.epsilonL2(), evaluation.trackSteps(), seed);
        this.train = train.images();
        this.probe = new RiskProbe(
                threat,
                ExamSample.of(train.images().first(evaluation.gapSize()), classes),
                ExamSample.of(test.images().first(evaluation.gapSize()), classes));
    }

    GapReport of(ModelTraining training) {
        TrainedNet net = TrainedNet.of(training.graph(), training.model(), train);
        List<BoundFigure> bounds =
                GapBounds.gaps(net, threat, settings.evaluation().delta());
        return new GapReport(probe.measure(training.model(), training.jacobian()), bounds);
    }

    /** The penalties at other weights, from the same initial weights on the same batches. */
    List<LambdaPoint> sweep(ExperimentListener listener) {
        List<LambdaPoint> points = new ArrayList<>();
        for (ModelKind kind : List.of(ModelKind.FROBENIUS, ModelKind.L11)) {
            for (double factor : settings.training().lambdaFactors()) {
                Settings other = new Settings(
                        settings.preset(),
                        settings.seed(),
                        settings.training().timesLambda(factor),
                        settings.evaluation());
                ModelTraining training = new ModelTraining(kind, other, train, classes, listener);
                training.run();
                double lambda = kind == ModelKind.FROBENIUS
                        ? other.training().lambdaFrobenius()
                        : other.training().lambdaL11();
                points.add(new LambdaPoint(kind, lambda, of(training)));
            }
        }
        return points;
    }
}
