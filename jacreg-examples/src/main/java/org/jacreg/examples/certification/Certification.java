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
import org.jacreg.examples.result.Checks;
import org.jacreg.examples.runs.RecordJson;
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
    private static final int CHUNK = 50;

    private final CertificationSettings settings;
    private final Ladder small;
    private final MnistData data;
    private final ExperimentListener listener;

    /**
     * Makes the comparison; nothing is computed yet.
     *
     * @param small what to do on small networks, and the settings of everything else
     * @param data what to do it on
     * @param listener hears of progress
     */
    public Certification(Ladder small, MnistData data, ExperimentListener listener) {
        this.settings = small.settings();
        this.small = small;
        this.data = data;
        this.listener = listener;
    }

    /**
     * Makes the missing runs and collects all runs of the folder. Block by block of digits, so that a run of fewer digits is a part of one
     * of more.
     *
     * @param folder where runs and networks are kept; made if absent
     * @param ways which networks
     * @param digits how many test digits, from the first on
     * @return every run in the folder, also written to {@code certification.json}; runs that another process is still making are missing
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the folder holds runs of other settings, or more digits are wanted than there are
     * @throws org.jacreg.runtime.FaultyBackendException if ND4J computes an op of the network or its penalty wrongly
     */
    public CertificationResult run(Path folder, List<Way> ways, int digits) throws IOException {
        Checks.atLeastOne("digits", digits);
        if (digits > data.test().count()) {
            throw new IllegalArgumentException(
                    "digits: expected at most the " + data.test().count() + " test digits there are, got " + digits);
        }
        RunFolder<RadiiRun> radii = RunFolder.open(folder.resolve("radii"), settings, RadiiRun.class);
        RunFolder<AttackRun> attacks = RunFolder.open(folder.resolve("attacks"), settings, AttackRun.class);
        NetworkTraining networks = new NetworkTraining(folder, settings.training(), data, listener);
        requireSoundBackend(networks);
        for (int from = 0; from < digits; from += settings.block()) {
            int to = Math.min(from + settings.block(), digits);
            for (Way way : ways) {
                SameDiff graph = networks.network(way);
                radii(radii, way, graph, from, to);
                attacks(attacks, radii, way, graph, from, to);
            }
            if (from == 0) {
                ladder(folder, ways);
            }
        }
        return collect(folder);
    }

    /**
     * Makes the missing runs on small networks only, and collects all runs of the folder.
     *
     * @param folder where runs and networks are kept; made if absent
     * @param ways which networks
     * @return every run in the folder, also written to {@code certification.json}
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the folder holds runs of other settings
     * @throws org.jacreg.runtime.FaultyBackendException if ND4J computes an op of the network or its penalty wrongly
     */
    public CertificationResult runSmall(Path folder, List<Way> ways) throws IOException {
        requireSoundBackend(new NetworkTraining(folder, settings.training(), data, listener));
        ladder(folder, ways);
        return collect(folder);
    }

    private CertificationResult collect(Path folder) throws IOException {
        CertificationResult result = new CertificationResult(
                CertificationResult.FORMAT,
                small,
                EnvironmentProbe.environment(),
                RunFolder.open(folder.resolve("radii"), settings, RadiiRun.class)
                        .collect(),
                RunFolder.open(folder.resolve("attacks"), settings, AttackRun.class)
                        .collect(),
                RunFolder.open(folder.resolve("ladder"), small, LadderRun.class).collect());
        new RecordJson().write(result, folder.resolve("certification.json"));
        return result;
    }

    private void radii(RunFolder<RadiiRun> runs, Way way, SameDiff graph, int first, int end) throws IOException {
        for (int from = first; from < end; from += CHUNK) {
            int to = Math.min(from + CHUNK, end);
            Optional<RunFolder<RadiiRun>.Claim> claim = runs.claim(name(way, from, to));
            if (claim.isPresent()) {
                try (RunFolder<RadiiRun>.Claim mine = claim.get()) {
                    ExamDigits digits = ExamDigits.of(graph, data.test(), from, to);
                    mine.save(new RadiiMeasuring(settings, listener).measure(way, from, digits));
                }
            }
        }
    }

    private static String name(Way way, int from, int to) {
        return way.label() + "-" + from + "-" + (to - 1);
    }

    private void attacks(
            RunFolder<AttackRun> runs, RunFolder<RadiiRun> radii, Way way, SameDiff graph, int from, int to)
            throws IOException {
        List<RadiiRun> known = radii.collect().stream()
                .filter(run -> run.way() == way && run.from() >= from && run.from() < to)
                .toList();
        if (known.stream().mapToInt(run -> run.correct().size()).sum() < to - from) {
            return;
        }
        for (BallNorm norm : CertificationResult.NORMS) {
            Optional<RunFolder<AttackRun>.Claim> claim = runs.claim(name(way, from, to) + "-" + norm);
            if (claim.isPresent()) {
                try (RunFolder<AttackRun>.Claim mine = claim.get()) {
                    ExamDigits digits = ExamDigits.of(graph, data.test(), from, to);
                    mine.save(new AttackMeasuring(settings, listener)
                            .measure(way, norm, from, digits, byDigit(known, from, to)));
                }
            }
        }
    }

    /** The radii of all digits, -1 where none was computed. */
    private Map<RadiusKind, List<Double>> byDigit(List<RadiiRun> runs, int from, int to) {
        Map<RadiusKind, List<Double>> result = new EnumMap<>(RadiusKind.class);
        for (RadiusKind kind : RadiusKind.values()) {
            List<Double> radii = new ArrayList<>(Collections.nCopies(to - from, -1.0));
            for (RadiiRun run : runs) {
                List<Double> some = run.radii().getOrDefault(kind.name(), List.of());
                for (int n = 0; n < some.size(); n++) {
                    radii.set(run.from() - from + n, some.get(n));
                }
            }
            result.put(kind, radii);
        }
        return result;
    }

    private void ladder(Path folder, List<Way> ways) throws IOException {
        RunFolder<LadderRun> runs = RunFolder.open(folder.resolve("ladder"), small, LadderRun.class);
        NetworkTraining networks = new NetworkTraining(folder, small.training(), data, listener);
        for (Way way : ways) {
            Optional<RunFolder<LadderRun>.Claim> claim = runs.claim(way.label());
            if (claim.isPresent()) {
                try (RunFolder<LadderRun>.Claim mine = claim.get()) {
                    SameDiff graph = networks.small(way);
                    ExamDigits digits = ExamDigits.of(graph, data.test(), 0, small.digits());
                    mine.save(new LadderMeasuring(small, listener).measure(way, digits));
                }
            }
        }
    }

    /** Numbers from a faulty backend look like any others. */
    private void requireSoundBackend(NetworkTraining networks) {
        SameDiff graph = networks.untrained(data.train().dimension(), List.of(8), 1);
        JacobianRegularizer.frobenius(graph).attach();
        BackendCheck.of(graph).withGradients().run().require();
    }
}
