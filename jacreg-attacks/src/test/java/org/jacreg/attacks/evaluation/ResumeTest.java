package org.jacreg.attacks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.ProgressListener;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** An evaluation that stopped goes on as if it had not, and with nothing else. */
class ResumeTest {

    /** Batches of 12 make four of the examples, the last a short one. */
    private static final int BATCH = 12;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("evaluation.json");
    }

    private static RobustEvaluation evaluation(Classifier model) {
        return LineUp.pgd(model)
                .attack("diagonal", FakeAttack.diagonal("Diagonal"))
                .attack(new FakeAttack("Closest[]", 2, 1, FakeAttack::overTheBoundary).minimumNorm())
                .epsilons(.1, .3)
                .batchSize(BATCH);
    }

    private static RobustEvaluation evaluation() {
        return evaluation(LineUp.LINEAR);
    }

    private static EvaluationReport report(RobustEvaluation evaluation) {
        return evaluation.report(LineUp.inputs(), LineUp.labels());
    }

    /** Asks to stop when some units of progress are heard of. */
    private static ProgressListener stopAfter(long units) {
        return new ProgressListener() {
            private long heard;

            @Override
            public void progress(long done, long total) {
                heard = done;
            }

            @Override
            public boolean isCancelled() {
                return heard >= units;
            }
        };
    }

    private void stopAfterBatches(int batches) {
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> report(evaluation().checkpoint(file).listener(stopAfter(2L * BATCH * batches))))
                .withMessageContaining("cancelled");
    }

    private static void assertSame(EvaluationReport one, EvaluationReport other) {
        assertThat(one.examples()).isEqualTo(other.examples());
        assertThat(one.settings()).isEqualTo(other.settings());
        assertThat(one.norm()).isEqualTo(other.norm());
        assertThat(one.flags()).isEqualTo(other.flags());
        assertThat(one.byAttack()).isEqualTo(other.byAttack());
        assertThat(one.costs())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
                .isEqualTo(other.costs());
    }

    @Test
    void aResumedEvaluationEqualsOneWithoutInterruption() throws IOException {
        EvaluationReport whole = report(evaluation());
        for (int batches : new int[] {1, 2, 3}) {
            Files.deleteIfExists(file);
            stopAfterBatches(batches);
            assertThat(Checkpoint.read(file).batches()).hasSize(batches);
            List<Long> heard = new ArrayList<>();
            EvaluationReport resumed =
                    report(evaluation().resumeFrom(file).checkpoint(file).listener((done, total) -> heard.add(done)));
            assertSame(resumed, whole);
            assertThat(heard).isSorted().first().isEqualTo(2L * BATCH);
            assertThat(heard).last().isEqualTo(2L * LineUp.SAMPLES);
            assertThat(Checkpoint.read(file).batches()).hasSize(4);
        }
    }

    /** What is done is not attacked again, and a finished evaluation needs no attack at all. */
    @Test
    void savedBatchesCostNothing() {
        AtomicInteger attacked = new AtomicInteger();
        UnaryOperator<RobustEvaluation> counting = evaluation -> evaluation
                .attack(epsilon -> new FakeAttack("Count[" + epsilon + "]", 0, 0, x -> {
                    attacked.incrementAndGet();
                    return x;
                }))
                .epsilons(.1)
                .batchSize(BATCH)
                .withoutProbes();
        report(counting.apply(RobustEvaluation.of(LineUp.LINEAR)).checkpoint(file));
        int all = attacked.getAndSet(0);
        assertThat(all).isPositive();
        // the confidence changes no result, so it may be another
        EvaluationReport again = report(counting.apply(RobustEvaluation.of(LineUp.LINEAR))
                .resumeFrom(file)
                .confidence(.5));
        assertThat(attacked).hasValue(0);
        assertThat(again.curve().points().get(0).interval().confidence()).isEqualTo(.5);
        assertThat(again.costs().get(0).examples()).isEqualTo(all);
    }

    @Test
    void timesAddUpOverInterruptions() throws IOException {
        stopAfterBatches(2);
        Checkpoint saved = Checkpoint.read(file);
        double before = saved.nanos().get(0).get(0) / 1e9;
        EvaluationReport resumed = report(evaluation().resumeFrom(file));
        assertThat(before).isPositive();
        assertThat(resumed.costs().get(0).seconds()).isGreaterThan(before);
    }

    @Test
    void anInterruptedThreadStopsAndLeavesAGoodCheckpoint() throws IOException {
        ProgressListener interrupts = (done, total) -> {
            if (done == 2L * BATCH) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() ->
                            report(evaluation().withoutProbes().checkpoint(file).listener(interrupts)));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(Checkpoint.read(file).batches()).hasSize(1);
        assertThat(folder.toFile().list()).containsExactly("evaluation.json");
        assertSame(
                report(evaluation().withoutProbes().resumeFrom(file)),
                report(evaluation().withoutProbes()));
    }

    @Test
    void iteratorsResumeToo() {
        DataSet data = new DataSet(LineUp.inputs(), LineUp.labels().reshape('c', new long[] {LineUp.SAMPLES, 1}));
        EvaluationReport first = evaluation().checkpoint(file).report(new SingletonDataSetIterator(data));
        EvaluationReport again = evaluation().resumeFrom(file).report(new SingletonDataSetIterator(data));
        assertSame(again, first);
        assertThat(again.costs()).isEqualTo(first.costs());
    }

    @Test
    void anotherConfigurationIsRefusedByName() {
        stopAfterBatches(1);
        assertRefused(evaluation().epsilons(.1, .2), "epsilons was [0.1, 0.3] and is now [0.1, 0.2]");
        assertRefused(evaluation().everyAttackOnEveryExample(), "everyAttackOnEveryExample was false and is now true");
        assertRefused(evaluation().withoutProbes(), "probes was true and is now false");
        assertRefused(evaluation().attack(LineUp::pgd), "number of attacks was 3 and is now 4");
        assertRefused(
                LineUp.pgd(LineUp.LINEAR)
                        .attack("other", FakeAttack.diagonal("Diagonal"))
                        .attack(new FakeAttack("Closest[]", 2, 1, FakeAttack::overTheBoundary).minimumNorm())
                        .epsilons(.1, .3)
                        .batchSize(BATCH),
                "attack 2 was AttackSettings[name=diagonal");
        assertRefused(evaluation(LineUp.LINEAR.within(new InputBox(-2, 2))), "model was Model[classes=2");
        assertRefused(evaluation().batchSize(BATCH + 1), "batchSize");
    }

    @Test
    void anotherModelOrOtherDataAreRefused() {
        stopAfterBatches(2);
        ClosedFormNet other =
                ClosedFormNet.linear(new double[][] {{0, 1}, {0, 1.001}}, new double[2], InputBox.unbounded());
        assertRefused(evaluation(other), "the logits of the first examples are not those of " + file);
        INDArray x = LineUp.inputs();
        x.putScalar(BATCH + 1, 0, x.getDouble(BATCH + 1, 0) + 1e-12);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation().resumeFrom(file).report(x, LineUp.labels()))
                .withMessageContaining("batch 1 of " + file)
                .withMessageContaining("fingerprint");
        INDArray y = LineUp.labels();
        y.putScalar(0, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation().resumeFrom(file).report(LineUp.inputs(), y))
                .withMessageContaining("batch 0 of " + file);
        INDArray few = Nd4j.createFromArray(Arrays.copyOf(LineUp.inputs().data().asDouble(), 2 * BATCH))
                .reshape('c', new long[] {BATCH, 2});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluation().resumeFrom(file).report(few, Nd4j.zeros(BATCH)))
                .withMessageContaining("holds 2 batches, the data only 1");
    }

    private void assertRefused(RobustEvaluation evaluation, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> report(evaluation.resumeFrom(file)))
                .withMessageContaining(message);
    }

    /** The answers of a randomised model cannot be known again; its data can. */
    @Test
    void aRandomisedModelIsNotAskedForTheSameLogits() {
        Random noise = new Random(3);
        Classifier model = FakeModel.withLogits(LineUp.LINEAR, z -> z.add(noise.nextDouble() / 9 + .1));
        Classifier shaky = FakeModel.withLogits(model, z -> z.mul(1 + noise.nextDouble() / 9));
        EvaluationReport first = report(evaluation(shaky).checkpoint(file));
        EvaluationReport again = report(evaluation(shaky).resumeFrom(file));
        assertSame(again, first);
        assertThat(again.flags()).extracting(FailureFlag::kind).contains(FailureFlag.Kind.RANDOMISED_MODEL);
    }

    @Test
    void filesThatAreNoCheckpoint() throws IOException {
        assertUnreadable("evaluation.json");
        Files.writeString(file, "{\"kind\":");
        assertUnreadable("cut short");
        Files.writeString(file, "{}");
        assertUnreadable("got kind ''");
        stopAfterFresh();
        String good = Files.readString(file);
        Files.writeString(file, good.replace("\"format\":1", "\"format\":7"));
        assertUnreadable("format 7");
        Files.writeString(file, good.replace("\"evidence\"", "\"evidense\""));
        assertUnreadable("'evidence'");
        Files.writeString(file, good.replace("\"nanos\":[[", "\"nanos\":[],\"more\":[["));
        assertUnreadable("times of 0 attacks");
        Files.writeString(file, good.substring(0, good.length() - 5));
        assertUnreadable("cut short");
    }

    private void stopAfterFresh() throws IOException {
        Files.delete(file);
        stopAfterBatches(1);
    }

    private void assertUnreadable(String message) {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> report(evaluation().resumeFrom(file)))
                .withMessageContaining("resumeFrom")
                .withMessageContaining(message);
    }

    @Test
    void anExistingCheckpointIsNotOverwritten() throws IOException {
        stopAfterBatches(1);
        byte[] before = Files.readAllBytes(file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> report(evaluation().checkpoint(file)))
                .withMessageContaining("exists already");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        Path fresh = folder.resolve("fresh.json");
        report(evaluation().resumeFrom(file).checkpoint(fresh));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Checkpoint.read(fresh).batches()).hasSize(4);
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> report(evaluation().checkpoint(folder.resolve("absent/evaluation.json"))))
                .withMessageContaining("cannot write");
    }
}
