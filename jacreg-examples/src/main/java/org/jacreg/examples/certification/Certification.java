package org.jacreg.examples.certification;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.EnvironmentProbe;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.examples.runs.RunFolder;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Certifies networks trained on MNIST, attacks them within the certified radii, and puts all methods side by side on a small one. Makes
 * the runs that a folder does not hold yet.
 *
 * <p>A run is written as soon as it is made, so what was interrupted goes on where it was. Several processes may be started on one
 * folder: each makes runs that no other makes. Attacks on a network wait for its radii: a process that finds some of them being made by
 * another leaves the attacks out.
 */
public final class Certification {

    /** Digits in one run of radii. */
    private static final int CHUNK = 100;

    private final CertificationSettings settings;
    private final MnistData data;
    private final ExperimentListener listener;

    /**
     * Makes the comparison; nothing is computed yet.
     *
     * @param settings what to do
     * @param data what to do it on
     * @param listener hears of progress
     * @throws IllegalArgumentException if more digits are wanted than there are
     */
    public Certification(CertificationSettings settings, MnistData data, ExperimentListener listener) {
        if (settings.digits() > data.test().count()) {
            throw new IllegalArgumentException("digits: expected at most the "
                    + data.test().count() + " test digits there are, got " + settings.digits());
        }
        this.settings = settings;
        this.data = data;
        this.listener = listener;
    }

    /**
     * Makes the missing runs and collects all runs of the folder.
     *
     * @param folder where runs and networks are kept; made if absent
     * @param ways which networks
     * @return every run in the folder, also written to {@code certification.json}; runs that another process is still making are missing
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the folder holds runs of other settings
     * @throws org.jacreg.runtime.FaultyBackendException if ND4J computes an op of the network or its penalty wrongly
     */
    public CertificationResult run(Path folder, List<Way> ways) throws IOException {
        RunFolder<RadiiRun> radii = RunFolder.open(folder.resolve("radii"), settings, RadiiRun.class);
        RunFolder<AttackRun> attacks = RunFolder.open(folder.resolve("attacks"), settings, AttackRun.class);
        RunFolder<LadderRun> ladder = RunFolder.open(folder.resolve("ladder"), settings, LadderRun.class);
        NetworkTraining networks = new NetworkTraining(folder, settings.training(), data, listener);
        requireSoundBackend(networks);
        for (Way way : ways) {
            SameDiff graph = networks.network(way);
            radii(radii, way, graph);
            attacks(attacks, radii, way, graph);
        }
        for (Way way : ways) {
            ladder(ladder, networks, way);
        }
        CertificationResult result = new CertificationResult(
                CertificationResult.FORMAT,
                settings,
                EnvironmentProbe.environment(),
                radii.collect(),
                attacks.collect(),
                ladder.collect());
        radii.write(result, "../certification.json");
        return result;
    }

    private void radii(RunFolder<RadiiRun> runs, Way way, SameDiff graph) throws IOException {
        for (int from = 0; from < settings.digits(); from += CHUNK) {
            Optional<RunFolder<RadiiRun>.Claim> claim = runs.claim(way.label() + "-" + from);
            if (claim.isPresent()) {
                try (RunFolder<RadiiRun>.Claim mine = claim.get()) {
                    int to = Math.min(from + CHUNK, settings.digits());
                    ExamDigits digits = ExamDigits.of(graph, data.test(), from, to);
                    mine.save(new RadiiMeasuring(settings, listener).measure(way, from, digits));
                }
            }
        }
    }

    private void attacks(RunFolder<AttackRun> runs, RunFolder<RadiiRun> radii, Way way, SameDiff graph)
            throws IOException {
        List<RadiiRun> mineToAttack =
                radii.collect().stream().filter(run -> run.way() == way).toList();
        if (mineToAttack.stream().mapToInt(run -> run.correct().size()).sum() < settings.digits()) {
            return;
        }
        for (BallNorm norm : List.of(BallNorm.LINF, BallNorm.L2)) {
            Optional<RunFolder<AttackRun>.Claim> claim = runs.claim(way.label() + "-" + norm);
            if (claim.isPresent()) {
                try (RunFolder<AttackRun>.Claim mine = claim.get()) {
                    ExamDigits digits = ExamDigits.of(graph, data.test(), 0, settings.digits());
                    mine.save(
                            new AttackMeasuring(settings, listener).measure(way, norm, digits, byDigit(mineToAttack)));
                }
            }
        }
    }

    /** The radii of all digits, -1 where none was computed. */
    private Map<RadiusKind, List<Double>> byDigit(List<RadiiRun> runs) {
        Map<RadiusKind, List<Double>> result = new EnumMap<>(RadiusKind.class);
        for (RadiusKind kind : RadiusKind.values()) {
            List<Double> radii = new ArrayList<>(Collections.nCopies(settings.digits(), -1.0));
            for (RadiiRun run : runs) {
                List<Double> some = run.radii().getOrDefault(kind.name(), List.of());
                for (int n = 0; n < some.size(); n++) {
                    radii.set(run.from() + n, some.get(n));
                }
            }
            result.put(kind, radii);
        }
        return result;
    }

    private void ladder(RunFolder<LadderRun> runs, NetworkTraining networks, Way way) throws IOException {
        Optional<RunFolder<LadderRun>.Claim> claim = runs.claim(way.label());
        if (claim.isPresent()) {
            try (RunFolder<LadderRun>.Claim mine = claim.get()) {
                SameDiff graph = networks.network(
                        way.label() + "-small", way, settings.ladder().widths());
                ExamDigits digits =
                        ExamDigits.of(graph, data.test(), 0, settings.ladder().digits());
                mine.save(new LadderMeasuring(settings, listener).measure(way, digits));
            }
        }
    }

    /** Numbers from a faulty backend look like any others. */
    private void requireSoundBackend(NetworkTraining networks) {
        SameDiff graph = networks.untrained(List.of(8), 1);
        JacobianRegularizer.frobenius(graph).attach();
        BackendCheck.of(graph).withGradients().run().require();
    }
}
