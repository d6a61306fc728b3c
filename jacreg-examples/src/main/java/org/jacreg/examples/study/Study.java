package org.jacreg.examples.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.EnvironmentProbe;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.gaps.ExamSample;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.gaps.RiskProbe;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.gaps.Threat;
import org.jacreg.examples.runs.ProcessorTime;
import org.jacreg.examples.runs.RunFolder;
import org.jacreg.jacobian.Jacobian;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Makes the runs of a study that a folder does not hold yet.
 *
 * <p>A run is written as soon as it is made, so an interrupted study goes on where it was. Several processes may be started on one
 * folder: each makes runs that no other makes.
 */
public final class Study {

    private final StudySettings settings;
    private final MnistData data;
    private final ExperimentListener listener;

    /**
     * Makes the study; nothing is computed yet.
     *
     * @param settings what to do
     * @param data what to do it on
     * @param listener hears of progress
     */
    public Study(StudySettings settings, MnistData data, ExperimentListener listener) {
        this.settings = settings;
        this.data = data;
        this.listener = listener;
    }

    /**
     * Makes the missing runs and collects all runs of the folder.
     *
     * @param folder where runs are kept; made if absent
     * @param grid which networks
     * @return every run in the folder, also written to {@code generalization.json}; runs that another process is still making are
     *     missing
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the folder holds runs of other settings, or more digits are wanted than there are
     * @throws org.jacreg.runtime.FaultyBackendException if ND4J computes an op of the network or its penalty wrongly
     */
    public StudyResult run(Path folder, StudyGrid grid) throws IOException {
        RunFolder<StudyRun> runs = RunFolder.open(folder, settings, StudyRun.class);
        NetworkStore networks = new NetworkStore(folder);
        boolean checked = false;
        for (StudyGrid.Cell cell : grid.cells()) {
            Optional<RunFolder<StudyRun>.Claim> claim = runs.claim(cell.fileName());
            if (claim.isPresent()) {
                try (RunFolder<StudyRun>.Claim mine = claim.get()) {
                    if (!checked) {
                        requireSoundBackend();
                        checked = true;
                    }
                    mine.save(make(networks, cell));
                }
            }
        }
        List<StudyRun> found = runs.collect();
        StudyResult result = new StudyResult(
                StudyResult.FORMAT, settings, EnvironmentProbe.environment(), found, Correlations.of(found));
        runs.write(result, "generalization.json");
        return result;
    }

    private StudyRun make(NetworkStore networks, StudyGrid.Cell cell) throws IOException {
        StudyDigits digits = StudyDigits.of(data, cell.size(), cell.seed(), settings.examSize());
        Threat threat = new Threat(settings.epsilonLinf(), settings.epsilonL2(), settings.pgdSteps(), cell.seed());
        Optional<NetworkStore.Kept> found = networks.find(cell);
        NetworkStore.Kept network = found.isPresent() ? found.get() : train(cell, digits, threat);
        if (found.isEmpty()) {
            networks.keep(cell, network);
        }
        listener.stage(StudyTraining.name(cell) + ": measures", 1);
        Risks risks = network.facts().risks();
        StudyMeasures computed =
                StudyMeasures.of(settings, cell, network.graph(), digits, risks, threat, data.classes());
        listener.done(computed.measures().size() + " measures");
        return new StudyRun(
                cell,
                network.facts().seconds(),
                network.facts().finalLoss(),
                new GapReport(risks, computed.bounds()),
                computed.measures());
    }

    private NetworkStore.Kept train(StudyGrid.Cell cell, StudyDigits digits, Threat threat) {
        double start = ProcessorTime.seconds();
        StudyTraining.Trained trained =
                new StudyTraining(settings, data.classes(), listener).train(cell, digits.train());
        double seconds = ProcessorTime.seconds() - start;
        listener.stage(StudyTraining.name(cell) + ": gaps", 1);
        ExamSample seen = ExamSample.of(digits.seen(), data.classes());
        ExamSample unseen = ExamSample.of(digits.unseen(), data.classes());
        Classifier model = Classifier.of(trained.graph()).bounds(0, 1).build();
        Risks risks = new RiskProbe(threat, seen, unseen).measure(model, Jacobian.of(trained.graph()));
        listener.done(String.format(
                Locale.ROOT,
                "loss %.3f / %.3f, under attack %.3f / %.3f",
                risks.loss().train(),
                risks.loss().test(),
                risks.linfLoss().train(),
                risks.linfLoss().test()));
        return new NetworkStore.Kept(trained.graph(), new NetworkStore.Facts(seconds, trained.loss(), risks));
    }

    /** Numbers from a faulty backend look like any others. */
    private void requireSoundBackend() {
        SameDiff graph = StudyTraining.network(settings, data.train().dimension(), data.classes(), 1);
        JacobianRegularizer.frobenius(graph).attach();
        BackendCheck.of(graph).withGradients().run().require();
    }
}
