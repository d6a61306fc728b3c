package org.jacreg.examples.comparison;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.experiment.EnvironmentProbe;
import org.jacreg.examples.experiment.ExperimentListener;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Makes the runs of a comparison that a folder does not hold yet.
 *
 * <p>A run is written as soon as it is made, so an interrupted comparison goes on where it was. Several processes may be started on
 * one folder: each makes runs that no other makes.
 */
public final class Comparison {

    private final ComparisonSettings settings;
    private final Digits digits;
    private final ExperimentListener listener;

    /**
     * Makes the comparison; nothing is computed yet.
     *
     * @param settings what to do
     * @param data what to do it on
     * @param listener hears of progress
     * @throws IllegalArgumentException if more digits are wanted than there are
     */
    public Comparison(ComparisonSettings settings, MnistData data, ExperimentListener listener) {
        this.settings = settings;
        this.digits = Digits.of(settings, data);
        this.listener = listener;
    }

    /**
     * Makes the missing runs, seed by seed, and collects all runs of the folder.
     *
     * @param folder where runs are kept; made if absent
     * @param strengths the strengths to run, by method, in the order wanted
     * @param seeds the seeds to run
     * @return every run in the folder; runs that another process is still making are missing
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the folder holds runs of other settings
     * @throws org.jacreg.runtime.FaultyBackendException if ND4J computes an op of the network or its penalty wrongly
     */
    public ComparisonResult run(Path folder, Map<Method, List<Double>> strengths, List<Long> seeds) throws IOException {
        RunFolder runs = RunFolder.open(folder, settings, EnvironmentProbe.environment());
        boolean checked = false;
        for (long seed : seeds) {
            for (Map.Entry<Method, List<Double>> entry : strengths.entrySet()) {
                for (double strength : entry.getValue()) {
                    Optional<RunFolder.Claim> claim = runs.claim(entry.getKey(), strength, seed);
                    if (claim.isPresent()) {
                        try (RunFolder.Claim mine = claim.get()) {
                            if (!checked) {
                                requireSoundBackend();
                                checked = true;
                            }
                            mine.save(make(entry.getKey(), strength, seed));
                            runs.collect();
                        }
                    }
                }
            }
        }
        return runs.collect();
    }

    private MethodRun make(Method method, double strength, long seed) {
        double start = processorSeconds();
        MethodTraining.Trained trained = new MethodTraining(settings, digits, seed, listener).train(method, strength);
        double seconds = processorSeconds() - start;
        return new MethodScoring(settings.exam(), digits, listener).score(method, strength, seed, trained, seconds);
    }

    /** What this process has had of the processors so far: it depends less than the clock on what else the machine does. */
    private static double processorSeconds() {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElseGet(() -> Duration.ofNanos(System.nanoTime()))
                        .toNanos()
                / 1e9;
    }

    /** Numbers from a faulty backend look like any others. */
    private void requireSoundBackend() {
        SameDiff graph = ConvNet.create(settings.budget(), digits.classes(), 1);
        JacobianRegularizer.frobenius(graph).attach();
        BackendCheck.of(graph).withGradients().run().require();
    }
}
