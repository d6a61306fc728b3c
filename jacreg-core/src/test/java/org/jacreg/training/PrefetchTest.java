package org.jacreg.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Sgd;

/** Batches fetched ahead, and use by several threads. */
@Timeout(60)
class PrefetchTest {

    /** Ten batches; knows who fetched them, and may fail or wait. */
    private static class Watched extends ViewIterator {
        private static final long serialVersionUID = 1L;

        final transient List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        final transient AtomicInteger fetched = new AtomicInteger();
        private final boolean async;

        Watched(boolean async) {
            super(SmallNets.batch(DataType.DOUBLE, 5, 20), 2);
            this.async = async;
        }

        @Override
        public boolean asyncSupported() {
            return async;
        }

        @Override
        public DataSet next() {
            threads.add(Thread.currentThread());
            fetched.incrementAndGet();
            return super.next();
        }
    }

    @Test
    void batchesComeFromADaemonAheadOfTheStepAndNoFurther() throws InterruptedException {
        Watched data = new Watched(true);
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        List<Integer> ahead = Collections.synchronizedList(new ArrayList<>());
        RobustTrainer.of(sd)
                .epochs(2)
                .prefetch(2)
                .progress(step -> {
                    int taken = step.step() + 10 * (step.epoch() - 1);
                    awaitAhead(data, Math.min(taken + 3, 10 * step.epoch()));
                    ahead.add(data.fetched.get() - taken);
                })
                .build()
                .fit(data);
        assertThat(data.threads).hasSize(20).allSatisfy(thread -> {
            assertThat(thread).isNotSameAs(Thread.currentThread());
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.isAlive()).as("ends with its epoch").isFalse();
        });
        // Two are ready and one is in the fetcher's hands.
        assertThat(ahead.subList(0, 7)).containsOnly(3);
        assertThat(ahead).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(3));
        SameDiff expected = Twins.mlp(new Sgd(0.1));
        RobustTrainer.of(expected).epochs(2).prefetch(0).build().fit(new Watched(true));
        Twins.assertAlike(sd, expected, 0);
    }

    /** Until the fetcher has gone as far as it may; the assertion behind it says whether it has. */
    private static void awaitAhead(Watched data, int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (data.fetched.get() < count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    @Test
    void nothingIsPrefetchedWhereTheIteratorIsAsynchronousOrForbidsIt() {
        Watched forbidding = new Watched(false);
        RobustTrainer.of(Twins.mlp(new Sgd(0.1))).prefetch(3).build().fit(forbidding);
        assertThat(forbidding.threads).hasSize(10).containsOnly(Thread.currentThread());
        AsyncDataSetIterator async = new AsyncDataSetIterator(new Watched(true), 2);
        try (BatchSource source = BatchSource.of(new MultiDataSetIteratorAdapter(async), 3)) {
            assertThat(source).isInstanceOf(BatchSource.DirectBatches.class);
        } finally {
            async.shutdown();
        }
        Watched off = new Watched(true);
        RobustTrainer.of(Twins.mlp(new Sgd(0.1))).prefetch(0).build().fit(off);
        assertThat(off.threads).containsOnly(Thread.currentThread());
    }

    @Test
    void failuresOfTheIteratorComeThrough() {
        IllegalStateException failure = new IllegalStateException("the disk is gone");
        for (int prefetch : new int[] {0, 2}) {
            Watched data = new Watched(true) {
                private static final long serialVersionUID = 1L;

                @Override
                public DataSet next() {
                    if (fetched.get() == 3) {
                        throw failure;
                    }
                    return super.next();
                }
            };
            SameDiff sd = Twins.mlp(new Sgd(0.1));
            assertThatThrownBy(() ->
                            RobustTrainer.of(sd).prefetch(prefetch).build().fit(data))
                    .isSameAs(failure);
            assertThat(sd.getTrainingConfig().getIterationCount())
                    .as("the batches before it were used")
                    .isEqualTo(3);
        }
    }

    @Test
    void aStoppedRunLeavesNoThreadBehind() {
        Watched data = new Watched(true);
        CancellationToken token = new CancellationToken();
        RobustTrainer.of(Twins.mlp(new Sgd(0.1)))
                .cancellation(token)
                .progress(step -> token.cancel())
                .build()
                .fit(data);
        assertThat(data.threads).isNotEmpty().noneMatch(Thread::isAlive);
    }

    @Test
    void aSecondCallMeanwhileIsRefused() throws InterruptedException {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RobustTrainer trainer = RobustTrainer.of(sd)
                .progress(step -> {
                    inside.countDown();
                    await(go);
                })
                .build();
        Thread first = new Thread(() -> trainer.fit(Twins.batches()), "first");
        first.start();
        await(inside);
        try {
            assertThatThrownBy(() -> trainer.fit(Twins.batches()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("fit in thread first");
            assertThatThrownBy(() -> trainer.evaluate(Twins.batches(), SmallNets.LOGITS, new Evaluation()))
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            go.countDown();
            first.join();
        }
        assertThat(trainer.fit(Twins.batches()).iterations()).isEqualTo(6);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void emptyAndSinglePassIteratorsAreRefused() {
        SameDiff sd = Twins.mlp(new Sgd(0.1));
        DataSetIterator empty = new Watched(false) {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean hasNext() {
                return false;
            }
        };
        assertThatThrownBy(() -> RobustTrainer.of(sd).build().fit(empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no batch");
        DataSetIterator once = new Watched(false) {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean resetSupported() {
                return false;
            }
        };
        assertThatThrownBy(() -> RobustTrainer.of(sd).epochs(2).build().fit(once))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("single pass");
        assertThat(RobustTrainer.of(sd).epochs(1).build().fit(once).last().steps())
                .isEqualTo(10);
    }
}
