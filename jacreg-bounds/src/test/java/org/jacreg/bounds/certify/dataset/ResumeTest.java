package org.jacreg.bounds.certify.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {

    private static final double[][] X = {{.5}, {-1}, {0}, {.2}, {.2}, {1}, {.1}};
    private static final int[] LABELS = {0, 0, 0, 1, 1, 1, 2};

    @TempDir
    private Path folder;

    /** Cancels when so many samples are done. */
    private record CancelAt(int samples, List<CertificationProgress> heard) implements CertificationListener {

        @Override
        public void progress(CertificationProgress progress) {
            heard.add(progress);
        }

        @Override
        public boolean isCancelled() {
            return !heard.isEmpty() && heard.get(heard.size() - 1).done() >= samples;
        }
    }

    private static CertifiedEvaluation known(KnownRadii certifier) {
        return CertifiedEvaluation.of(certifier).over(X, LABELS).radii(.1, .5);
    }

    @Test
    void progressCountsAndCancellingStopsBeforeTheNextChunk() {
        KnownRadii certifier = new KnownRadii();
        CancelAt listener = new CancelAt(4, new ArrayList<>());
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> known(certifier).listener(listener).run())
                .withMessageContaining("4 of 7");
        assertThat(certifier.asked).containsExactly(.5, -1., 0., .2);
        assertThat(listener.heard).extracting(CertificationProgress::done).containsExactly(0, 2, 4);
        assertThat(listener.heard).extracting(CertificationProgress::certified).containsExactly(0, 1, 3);
        assertThat(listener.heard)
                .allSatisfy(progress -> assertThat(progress.total()).isEqualTo(7));
    }

    @Test
    void remainingTimeFollowsFromTheRate() {
        CertificationProgress progress = new CertificationProgress(20, 50, 3, 4, 10);
        assertThat(progress.remainingSeconds()).isEqualTo(3);
        assertThat(new CertificationProgress(0, 50, 0, 0, 0).remainingSeconds()).isInfinite();
        assertThat(new CertificationProgress(50, 50, 3, 4, 10).remainingSeconds())
                .isZero();
    }

    @Test
    void resumedRunAsksForTheRestAloneAndGivesTheSame() throws IOException {
        Path file = folder.resolve("checkpoint.json");
        CertifiedAccuracyReport whole = known(new KnownRadii()).run();
        assertThatThrownBy(() -> known(new KnownRadii())
                        .listener(new CancelAt(2, new ArrayList<>()))
                        .checkpoint(file)
                        .run())
                .isInstanceOf(CancellationException.class);
        KnownRadii certifier = new KnownRadii();
        CancelAt listener = new CancelAt(99, new ArrayList<>());
        CertifiedAccuracyReport resumed = known(certifier)
                .listener(listener)
                .resumeFrom(file)
                .checkpoint(file)
                .run();
        assertThat(certifier.asked).containsExactly(0., .2, .2, 1., .1);
        assertThat(listener.heard.get(0).done()).isEqualTo(2);
        assertSame(resumed, whole);
        KnownRadii nothing = new KnownRadii();
        assertSame(known(nothing).resumeFrom(file).run(), whole);
        assertThat(nothing.asked).isEmpty();
    }

    private static void assertSame(CertifiedAccuracyReport actual, CertifiedAccuracyReport expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                .ignoringFields("wallSeconds", "processorSeconds")
                .isEqualTo(expected);
    }

    @Test
    void resumedBoundsAreThoseOfAnUninterruptedRun() {
        Path file = folder.resolve("checkpoint.json");
        Samples net = Samples.network(11, 4, 8, 8, 3);
        double[][] x = Samples.points(12, 23, 4);
        int[] labels = net.labels(x);
        Certifier certifier = Certifier.of(net.graph())
                .method(BoundMethod.ALPHA_CROWN)
                .norm(BallNorm.L2)
                .build();
        CertifiedEvaluation evaluation = CertifiedEvaluation.of(certifier)
                .over(x, labels)
                .largestRadius(1)
                .chunkSize(5);
        CertifiedAccuracyReport whole = evaluation.run();
        evaluation.checkpoint(file, 0).listener(new CancelAt(10, new ArrayList<>()));
        assertThatThrownBy(evaluation::run).isInstanceOf(CancellationException.class);
        CertifiedAccuracyReport resumed = evaluation
                .listener(CertificationListener.none())
                .resumeFrom(file)
                .run();
        assertSame(resumed, whole);
        assertThat(resumed.samples()).anyMatch(sample -> sample.radius() > 0);
    }

    @Test
    void interruptedAndFailedRunsLeaveAGoodCheckpoint() {
        Path file = folder.resolve("checkpoint.json");
        CertificationListener interrupting = progress -> {
            if (progress.done() == 4) {
                Thread.currentThread().interrupt();
            }
        };
        assertThatThrownBy(() -> known(new KnownRadii())
                        .listener(interrupting)
                        .checkpoint(file)
                        .run())
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> known(new KnownRadii())
                        .listener(progress -> {
                            if (progress.done() == 6) {
                                throw new ArithmeticException("planted");
                            }
                        })
                        .resumeFrom(file)
                        .checkpoint(file)
                        .run())
                .hasMessage("planted");
        KnownRadii rest = new KnownRadii();
        known(rest).resumeFrom(file).run();
        assertThat(rest.asked).containsExactly(.1);
    }

    private Path finished() {
        Path file = folder.resolve("finished.json");
        known(new KnownRadii()).checkpoint(file).run();
        return file;
    }

    @Test
    void refusesOtherEvaluationsByNamingTheDifference() {
        Path file = finished();
        refused(known(new KnownRadii("other", Map.of())), file, "model was", "other");
        refused(known(new KnownRadii("model", Map.of("steps", "3"))), file, "steps was absent and is now 3");
        refused(known(new KnownRadii()).radii(.1, .6), file, "radii tried");
        refused(known(new KnownRadii()).largestRadius(.6), file, "radii tried");
        refused(known(new KnownRadii()).chunkSize(3), file, "chunk size was 2 and is now 3");
        int[] labels = LABELS.clone();
        labels[3] = 0;
        refused(known(new KnownRadii()).over(X, labels), file, "data was");
        double[][] moved = X.clone();
        moved[6] = new double[] {Math.nextUp(.1)};
        refused(known(new KnownRadii()).over(moved, LABELS), file, "data was");
        // confidence changes no result
        assertThat(known(new KnownRadii()).confidence(.5).resumeFrom(file).run().confidence())
                .isEqualTo(.5);
    }

    private static void refused(CertifiedEvaluation evaluation, Path file, String... named) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation.resumeFrom(file).run())
                .withMessageContainingAll(named);
    }

    @Test
    void refusesAnotherNetworkNormAndMethod() {
        Path file = folder.resolve("bounds.json");
        Samples net = Samples.network(1, 2, 4, 2);
        double[][] x = Samples.points(2, 3, 2);
        int[] labels = net.labels(x);
        CertifiedEvaluation.of(Certifier.of(net.graph()).build())
                .over(x, labels)
                .radii(.1)
                .checkpoint(file)
                .run();
        refused(over(Certifier.of(net.graph()).norm(BallNorm.L2), x, labels), file, "norm was LINF and is now L2");
        refused(over(Certifier.of(net.graph()).method(BoundMethod.FAST_LIN), x, labels), file, "method was CROWN");
        refused(over(Certifier.of(net.graph()).bounds(0, 1), x, labels), file, "box was");
        net.weights()[1][0][2] += 1e-9;
        refused(over(Certifier.of(net.graph()), x, labels), file, "model was");
    }

    private static CertifiedEvaluation over(Certifier.Builder builder, double[][] x, int[] labels) {
        return CertifiedEvaluation.of(builder.build()).over(x, labels).radii(.1);
    }

    @Test
    void refusesTornAndForeignFiles() throws IOException {
        Path file = finished();
        String text = Files.readString(file);
        for (int cut : new int[] {0, 1, text.length() / 2, text.length() - 1}) {
            Files.writeString(file, text.substring(0, cut));
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> known(new KnownRadii()).resumeFrom(file).run())
                    .withMessageContaining(file.toString());
        }
        Files.writeString(file, text.replace("\"label\":1,", "\"label\":null,"));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> known(new KnownRadii()).resumeFrom(file).run());
        Files.writeString(file, known(new KnownRadii()).run().toJson());
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> known(new KnownRadii()).resumeFrom(file).run())
                .withMessageContaining("kind");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> known(new KnownRadii())
                        .resumeFrom(folder.resolve("absent.json"))
                        .run())
                .withMessageContaining("absent.json");
    }

    @Test
    void timesAreThoseOfAllRuns() throws IOException {
        Path file = finished();
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("\"wallSeconds\":[^,]*,", "\"wallSeconds\":1000,")
                        .replaceFirst("\"processorSeconds\":[^,]*,", "\"processorSeconds\":2000,"));
        CertifiedAccuracyReport report =
                known(new KnownRadii()).resumeFrom(file).run();
        assertThat(report.wallSeconds()).isBetween(1000.0, 1100.0);
        assertThat(report.processorSeconds()).isBetween(2000.0, 2200.0);
    }

    @Test
    void doesNotWriteOverAnotherRun() {
        Path file = finished();
        assertThatIllegalStateException()
                .isThrownBy(() -> known(new KnownRadii()).checkpoint(file).run())
                .withMessageContaining("exists already");
    }
}
