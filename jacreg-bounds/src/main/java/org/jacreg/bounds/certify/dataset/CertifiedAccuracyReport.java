package org.jacreg.bounds.certify.dataset;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jacreg.report.ConfidenceInterval;
import org.jacreg.report.Provenance;

/**
 * What is certified of a dataset.
 *
 * @param provenance what it was computed with
 * @param procedure how radii were found and what they are worth
 * @param search which radii were tried
 * @param radii the radii of the curve, ascending
 * @param confidence the confidence of the intervals
 * @param dataset the SHA-256 of samples and labels
 * @param chunk how many samples were certified together
 * @param wallSeconds time spent, over all runs
 * @param processorSeconds processor time of the whole Java process meanwhile; -1 where Java cannot tell
 * @param samples one result for every sample, in the order of the data
 */
public record CertifiedAccuracyReport(
        Provenance provenance,
        Procedure procedure,
        RadiusSearch search,
        List<Double> radii,
        double confidence,
        String dataset,
        int chunk,
        double wallSeconds,
        double processorSeconds,
        List<SampleResult> samples) {

    /** Copies the lists. */
    public CertifiedAccuracyReport {
        radii = List.copyOf(radii);
        samples = List.copyOf(samples);
        ConfidenceInterval.requireConfidence(confidence);
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("report: got no samples, wanted at least one");
        }
    }

    /**
     * The share of samples whose true class is certified within a radius: certified accuracy, also called verified accuracy. Beyond
     * the largest radius that was tried, or between those of a {@link RadiusSearch.Grid}, it counts only what was proved, and may be less
     * than what holds.
     *
     * @param radius the radius, nonnegative
     * @return the share of all samples, misclassified ones included
     */
    public double certifiedAccuracy(double radius) {
        return (double) certified(samples, radius) / samples.size();
    }

    /**
     * The share of samples that are classified correctly as they are; by the smoothed classifier where it is one.
     *
     * @return the clean accuracy
     */
    public double cleanAccuracy() {
        return clean(samples);
    }

    /**
     * Certified accuracy at every radius of {@link #radii()}.
     *
     * @return the points, which never rise
     */
    public List<CertifiedAccuracy> curve() {
        return radii.stream()
                .map(radius -> {
                    int count = certified(samples, radius);
                    return new CertifiedAccuracy(
                            radius,
                            count,
                            (double) count / samples.size(),
                            ConfidenceInterval.clopperPearson(count, samples.size(), confidence));
                })
                .toList();
    }

    /**
     * The mean radius over all samples, 0 where nothing is certified: the average certified radius of the smoothing literature.
     *
     * @return the mean
     */
    public double meanRadius() {
        return mean(samples);
    }

    /**
     * The median radius over all samples, 0 where nothing is certified.
     *
     * @return the median; the mean of the two in the middle where the number of samples is even
     */
    public double medianRadius() {
        double[] sorted =
                samples.stream().mapToDouble(SampleResult::radius).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
    }

    /**
     * The figures by true class.
     *
     * @return one entry for every class that has samples, ascending
     */
    public List<ClassAccuracy> byClass() {
        Map<Integer, List<SampleResult>> classes = new TreeMap<>();
        samples.forEach(sample -> classes.computeIfAbsent(sample.label(), c -> new java.util.ArrayList<>())
                .add(sample));
        return classes.entrySet().stream()
                .map(entry -> {
                    List<SampleResult> own = entry.getValue();
                    return new ClassAccuracy(
                            entry.getKey(),
                            own.size(),
                            clean(own),
                            mean(own),
                            radii.stream()
                                    .map(radius -> (double) certified(own, radius) / own.size())
                                    .toList());
                })
                .toList();
    }

    /**
     * Why samples have no radius.
     *
     * @return how many for each reason that occurs
     */
    public Map<SampleResult.Reason, Integer> reasons() {
        Map<SampleResult.Reason, Integer> counts = new EnumMap<>(SampleResult.Reason.class);
        for (SampleResult sample : samples) {
            if (sample instanceof SampleResult.Refused refused) {
                counts.merge(refused.reason(), 1, Integer::sum);
            }
        }
        return counts;
    }

    /**
     * The report as JSON, see {@link CertifiedAccuracyJson}.
     *
     * @return the text
     */
    public String toJson() {
        return CertifiedAccuracyJson.text(this);
    }

    private static int certified(List<SampleResult> of, double radius) {
        if (!(radius >= 0)) {
            throw new IllegalArgumentException("radius: got " + radius + ", wanted a nonnegative number");
        }
        return (int) of.stream().filter(sample -> sample.certifiedAt(radius)).count();
    }

    private static double clean(List<SampleResult> of) {
        return (double) of.stream().filter(SampleResult::correct).count() / of.size();
    }

    private static double mean(List<SampleResult> of) {
        return of.stream().mapToDouble(SampleResult::radius).average().orElse(0);
    }

    /** A few lines for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d samples, %s, %s, %s%nclean accuracy %.4f, mean radius %.6g, median %.6g%n",
                samples.size(),
                procedure.method(),
                procedure.norm(),
                procedure.guarantee(),
                cleanAccuracy(),
                meanRadius(),
                medianRadius()));
        for (CertifiedAccuracy point : curve()) {
            text.append(String.format(
                    Locale.ROOT,
                    "radius %-10.6g certified accuracy %.4f [%.4f, %.4f]%n",
                    point.radius(),
                    point.accuracy(),
                    point.interval().lower(),
                    point.interval().upper()));
        }
        return text.append("without a radius: ").append(reasons()).toString();
    }
}
