package org.jacreg.bounds.certify.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.report.ConfidenceInterval;
import org.jacreg.report.Fingerprint;
import org.jacreg.report.Provenance;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Measures certified accuracy over a dataset.
 *
 * <pre>{@code
 * CertifiedAccuracyReport report = CertifiedEvaluation.of(Certifier.of(graph).bounds(0, 1).build())
 *         .over(x, labels)
 *         .radii(0.01, 0.02, 0.05)
 *         .checkpoint(Path.of("certified.json"))
 *         .run();
 * }</pre>
 *
 * <p>With {@link #radii} alone, these are tried from the smallest on, sample by sample up to the first that is not proved. With {@link
 * #largestRadius} every sample's largest provable radius is looked for by bisection; the curve then counts the radii found, which lie below
 * the largest provable ones by up to {@code largest / 2^steps}.
 *
 * <p>Certified accuracy at a radius is the share of all samples whose true class provably wins everywhere within it, in the part of the
 * ball that lies in the certifier's box. No attack within the radius can push accuracy below it.
 *
 * <p>Samples are certified in chunks. Between chunks the listener hears of progress and may cancel; so does interrupting the thread. The
 * checkpoint then holds all finished chunks, and {@link #resumeFrom} goes on to the results of an uninterrupted run.
 *
 * <p>Configure, then {@code run}, as often as wanted. For one thread. Arguments are not modified; samples are copied.
 */
public final class CertifiedEvaluation {

    /** The confidence of intervals unless told otherwise. */
    public static final double DEFAULT_CONFIDENCE = 0.95;

    /** How often a checkpoint is written at most, in seconds, unless told otherwise. */
    public static final double DEFAULT_CHECKPOINT_SECONDS = 10;

    private static final int DEFAULT_POINTS = 10;

    private final DatasetCertifier certifier;
    private double[][] x = {};
    private int[] labels = {};
    private List<Double> radii = List.of();
    private RadiusSearch.@Nullable Bisection bisection;
    private int chunk;
    private double confidence = DEFAULT_CONFIDENCE;
    private double checkpointSeconds = DEFAULT_CHECKPOINT_SECONDS;
    private CertificationListener listener = CertificationListener.none();
    private @Nullable Path checkpoint;
    private @Nullable Path source;

    private CertifiedEvaluation(DatasetCertifier certifier) {
        this.certifier = certifier;
        this.chunk = certifier.preferredChunk();
    }

    /**
     * Starts an evaluation.
     *
     * @param certifier what finds radii: see the static methods of {@link DatasetCertifier}
     * @return an evaluation without data and radii
     */
    public static CertifiedEvaluation of(DatasetCertifier certifier) {
        return new CertifiedEvaluation(certifier);
    }

    /**
     * Starts an evaluation with bounds propagated through the graph.
     *
     * @param certifier what finds radii
     * @return an evaluation without data and radii
     */
    public static CertifiedEvaluation of(Certifier certifier) {
        return of(DatasetCertifier.of(certifier));
    }

    /**
     * Sets the data.
     *
     * @param samples one flattened sample a row; copied
     * @param classes their true classes; copied
     * @return this evaluation
     * @throws IllegalArgumentException if there is no sample, a sample has another size, is not finite or lies outside of the certifier's
     *     box, or a class is none
     */
    public CertifiedEvaluation over(double[][] samples, int[] classes) {
        Procedure procedure = certifier.procedure();
        if (samples.length == 0 || samples.length != classes.length) {
            throw new IllegalArgumentException("data: got " + samples.length + " samples and " + classes.length
                    + " labels, wanted equally many and at least one");
        }
        for (int n = 0; n < samples.length; n++) {
            requireSample(samples[n], classes[n], n, procedure);
        }
        this.x = Arrays.stream(samples).map(double[]::clone).toArray(double[][]::new);
        this.labels = classes.clone();
        return this;
    }

    /**
     * Sets the data.
     *
     * @param samples {@code [N, *inputShape]} of any floating-point type; copied
     * @param classes their true classes; copied
     * @return this evaluation
     * @throws IllegalArgumentException as above
     */
    public CertifiedEvaluation over(INDArray samples, int[] classes) {
        if (samples.rank() < 2 || samples.isEmpty()) {
            throw new IllegalArgumentException("data: got an array of shape " + Arrays.toString(samples.shape())
                    + ", wanted [N, *inputShape] with at least one sample");
        }
        return over(
                samples.castTo(DataType.DOUBLE)
                        .dup('c')
                        .reshape('c', samples.size(0), samples.length() / samples.size(0))
                        .toDoubleMatrix(),
                classes);
    }

    private static void requireSample(double[] sample, int label, int n, Procedure procedure) {
        Procedure.Network network = procedure.network();
        if (label < 0 || label >= network.classes()) {
            throw new IllegalArgumentException("data: label " + label + " of sample " + n + " is no class; wanted 0 to "
                    + (network.classes() - 1));
        }
        if (sample.length != network.inputs()) {
            throw new IllegalArgumentException("data: sample " + n + " has " + sample.length + " numbers, wanted "
                    + network.inputs() + ", the size of the network's input");
        }
        for (int i = 0; i < sample.length; i++) {
            if (!(Math.abs(sample[i]) < Double.POSITIVE_INFINITY)
                    || !procedure.box().contains(sample[i])) {
                throw new IllegalArgumentException("data: sample " + n + " has " + sample[i] + " at index " + i
                        + ", wanted finite numbers in " + procedure.box());
            }
        }
    }

    /**
     * Sets the radii of the curve.
     *
     * @param values nonnegative, at least one; sorted, and duplicates left out
     * @return this evaluation
     * @throws IllegalArgumentException if there is none, or one is negative, infinite or NaN
     */
    public CertifiedEvaluation radii(double... values) {
        this.radii = new RadiusSearch.Grid(
                        Arrays.stream(values).sorted().distinct().boxed().toList())
                .radii();
        return this;
    }

    /**
     * Looks for every sample's largest radius by bisection, with {@value Certifier#DEFAULT_STEPS} steps.
     *
     * @param largest no radius above this one is tried, positive
     * @return this evaluation
     * @throws IllegalArgumentException if it is not positive and finite
     */
    public CertifiedEvaluation largestRadius(double largest) {
        return largestRadius(largest, Certifier.DEFAULT_STEPS);
    }

    /**
     * Looks for every sample's largest radius by bisection. Without {@link #radii} the curve has {@code 0} and ten even steps up
     * to the largest.
     *
     * @param largest no radius above this one is tried, positive
     * @param steps halvings, at least 1
     * @return this evaluation
     * @throws IllegalArgumentException if a number is out of range
     */
    public CertifiedEvaluation largestRadius(double largest, int steps) {
        this.bisection = new RadiusSearch.Bisection(largest, steps);
        return this;
    }

    /**
     * Sets how many samples are certified together.
     *
     * @param samples at least 1; {@link DatasetCertifier#preferredChunk()} unless set
     * @return this evaluation
     * @throws IllegalArgumentException if it is not positive
     */
    public CertifiedEvaluation chunkSize(int samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("chunk size: got " + samples + ", wanted at least 1");
        }
        this.chunk = samples;
        return this;
    }

    /**
     * Sets the confidence of the intervals.
     *
     * @param value in (0, 1); {@value #DEFAULT_CONFIDENCE} unless set
     * @return this evaluation
     * @throws IllegalArgumentException if it is not
     */
    public CertifiedEvaluation confidence(double value) {
        ConfidenceInterval.requireConfidence(value);
        this.confidence = value;
        return this;
    }

    /**
     * Sets who hears of progress and may cancel.
     *
     * @param value the listener
     * @return this evaluation
     */
    public CertifiedEvaluation listener(CertificationListener value) {
        this.listener = value;
        return this;
    }

    /**
     * Writes a checkpoint after chunks, at most every {@value #DEFAULT_CHECKPOINT_SECONDS} seconds, and at the end, however it ends.
     *
     * @param file replaced as a whole each time; must not exist at the start, unless the evaluation is resumed from it
     * @return this evaluation
     */
    public CertifiedEvaluation checkpoint(Path file) {
        return checkpoint(file, DEFAULT_CHECKPOINT_SECONDS);
    }

    /**
     * Writes a checkpoint after chunks, and at the end, however it ends.
     *
     * @param file replaced as a whole each time; must not exist at the start, unless the evaluation is resumed from it
     * @param seconds the least time between two, nonnegative
     * @return this evaluation
     * @throws IllegalArgumentException if the time is negative or NaN
     */
    public CertifiedEvaluation checkpoint(Path file, double seconds) {
        if (!(seconds >= 0)) {
            throw new IllegalArgumentException("checkpoint: got every " + seconds + " seconds, wanted at least 0");
        }
        this.checkpoint = file;
        this.checkpointSeconds = seconds;
        return this;
    }

    /**
     * Goes on from a checkpoint of the same evaluation. Confidence and, after a bisection, the radii of the curve may differ.
     *
     * @param file the checkpoint; may be the one that is written
     * @return this evaluation
     */
    public CertifiedEvaluation resumeFrom(Path file) {
        this.source = file;
        return this;
    }

    /**
     * Certifies what is left.
     *
     * @return the report
     * @throws IllegalStateException if data or radii were not given, the checkpoint's file exists and is not resumed from, or there is a
     *     checkpoint and the model has no hash
     * @throws IllegalArgumentException if a radius lies above the largest of the bisection, or the checkpoint is of another evaluation;
     *     the message names the differences
     * @throws java.io.UncheckedIOException if a checkpoint cannot be written, or that to go on from cannot be read
     * @throws java.util.concurrent.CancellationException if the listener cancels or the thread is interrupted
     */
    public CertifiedAccuracyReport run() {
        List<Double> curve = curve();
        Procedure procedure = certifier.procedure();
        requireComplete(procedure);
        RadiusSearch search = bisection == null ? new RadiusSearch.Grid(curve) : bisection;
        CertificationCheckpoint.Settings settings = new CertificationCheckpoint.Settings(
                Provenance.current(), procedure, search, x.length, fingerprint(), chunk);
        CertificationRun run = new CertificationRun(certifier, settings, listener, checkpoint, checkpointSeconds);
        if (source != null) {
            run.resume(source);
        }
        List<SampleResult> results = new ArrayList<>(run.run(x, labels));
        return new CertifiedAccuracyReport(
                settings.provenance(),
                procedure,
                search,
                curve,
                confidence,
                settings.dataset(),
                chunk,
                run.wallSeconds(),
                run.processorSeconds(),
                results);
    }

    private void requireComplete(Procedure procedure) {
        if (x.length == 0) {
            throw new IllegalStateException("no data was given; call over(x, labels)");
        }
        boolean unknown = procedure.network().sha256().equals(Smoothing.UNKNOWN);
        if (unknown && (checkpoint != null || source != null)) {
            throw new IllegalStateException("a checkpoint of this model could not be told from one of another; let its"
                    + " Classifier.fingerprint() give a hash");
        }
        if (checkpoint != null && !checkpoint.equals(source) && Files.exists(checkpoint)) {
            throw new IllegalStateException("checkpoint: " + checkpoint
                    + " exists already; call resumeFrom with the same file to go on from it, or remove it");
        }
    }

    private List<Double> curve() {
        if (bisection == null) {
            if (radii.isEmpty()) {
                throw new IllegalStateException("no radii were given; call radii(...) or largestRadius(...)");
            }
            return radii;
        }
        double largest = bisection.largest();
        if (radii.isEmpty()) {
            return IntStream.rangeClosed(0, DEFAULT_POINTS)
                    .mapToObj(k -> largest * k / DEFAULT_POINTS)
                    .toList();
        }
        double last = radii.get(radii.size() - 1);
        if (last > largest) {
            throw new IllegalArgumentException("radius " + last + " of the curve lies above the largest radius "
                    + largest + ", which bounds what is tried; give a larger one");
        }
        return radii;
    }

    private String fingerprint() {
        Fingerprint fingerprint = new Fingerprint().add(labels);
        for (double[] sample : x) {
            fingerprint.add(sample);
        }
        return fingerprint.hex();
    }

    @Override
    public String toString() {
        return "CertifiedEvaluation[" + certifier.procedure() + ", samples=" + x.length + ", radii=" + radii
                + ", search=" + bisection + ", chunk=" + chunk + ", confidence=" + confidence + "]";
    }
}
