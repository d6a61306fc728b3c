package org.jacreg.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyTaskRunsOnceInEveryOneOfManyLoops(int threads) {
        int[] sizes = {0, 1, 2, 3, 7, 40};
        try (Workers workers = Workers.create(threads)) {
            for (int loop = 0; loop < 20_000; loop++) {
                int tasks = sizes[loop % sizes.length];
                AtomicIntegerArray runs = new AtomicIntegerArray(41);
                workers.parallel(tasks, runs::incrementAndGet);
                for (int i = 0; i < 41; i++) {
                    assertThat(runs.get(i)).as("task %d of loop %d", i, loop).isEqualTo(i < tasks ? 1 : 0);
                }
            }
        }
    }

    /** What a task wrote must be seen after the loop, and what was written before the loop in the task. */
    @Test
    void plainWritesAreSeenOnBothSides() {
        int[] cells = new int[64];
        try (Workers workers = Workers.create(2)) {
            for (int loop = 0; loop < 20_000; loop++) {
                workers.parallel(cells.length, i -> cells[i]++);
                cells[loop % cells.length]++;
            }
        }
        assertThat(cells[0]).isEqualTo(20_000 + 313);
        assertThat(cells[63]).isEqualTo(20_000 + 312);
    }

    @Test
    void helpersTakePart() throws InterruptedException {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch both = new CountDownLatch(2);
        try (Workers workers = Workers.create(2)) {
            Thread.sleep(5);
            workers.parallel(2, i -> {
                seen.add(Thread.currentThread());
                both.countDown();
                awaitQuietly(both);
            });
        }
        assertThat(seen).hasSize(2).contains(Thread.currentThread());
        assertThat(seen.stream().filter(t -> t != Thread.currentThread())).allMatch(Thread::isDaemon);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anExceptionOfATaskComesOutAndThePoolGoesOn(int threads) {
        try (Workers workers = Workers.create(threads)) {
            for (int loop = 0; loop < 2_000; loop++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(9);
                assertThatThrownBy(() -> workers.parallel(9, i -> {
                            runs.incrementAndGet(i);
                            if (i % 4 == 1) {
                                throw new UnsupportedOperationException("task " + i);
                            }
                        }))
                        .isInstanceOf(UnsupportedOperationException.class);
                for (int i = 0; i < 9; i++) {
                    assertThat(runs.get(i)).isOne();
                }
                workers.parallel(3, runs::incrementAndGet);
            }
            assertThatThrownBy(() -> workers.parallel(2, i -> {
                        throw new AssertionError("an error");
                    }))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTaskCannotSplitAgainNorCloseThePool(int threads) {
        try (Workers workers = Workers.create(threads)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> workers.parallel(4, i -> workers.parallel(2, j -> {})))
                    .withMessageContaining("within a task");
            assertThatIllegalStateException()
                    .isThrownBy(() -> workers.parallel(4, i -> workers.close()))
                    .withMessageContaining("within one of its tasks");
            assertThatCode(() -> workers.parallel(4, i -> {})).doesNotThrowAnyException();
        }
    }

    @Test
    void severalCallersTakeTurns() throws InterruptedException {
        int[] counts = new int[4];
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Workers workers = Workers.create(3)) {
            Thread[] callers = new Thread[4];
            for (int c = 0; c < callers.length; c++) {
                int caller = c;
                callers[c] = new Thread(() -> {
                    AtomicIntegerArray sum = new AtomicIntegerArray(1);
                    for (int loop = 0; loop < 2_000; loop++) {
                        workers.parallel(5, i -> sum.addAndGet(0, i));
                    }
                    counts[caller] = sum.get(0);
                });
                callers[c].setUncaughtExceptionHandler((t, e) -> failure.set(e));
                callers[c].start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
        }
        assertThat(failure.get()).isNull();
        assertThat(counts).containsOnly(20_000);
    }

    @Test
    void closingEndsTheThreadsAndRefusesWork() throws InterruptedException {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(3);
        Workers workers = Workers.create(3);
        workers.parallel(3, i -> {
            seen.add(Thread.currentThread());
            all.countDown();
            awaitQuietly(all);
        });
        workers.close();
        workers.close();
        seen.remove(Thread.currentThread());
        assertThat(seen).hasSize(2);
        for (Thread thread : seen) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertThat(thread.isAlive()).isFalse();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> workers.parallel(1, i -> {}))
                .withMessageContaining("closed");
    }

    @Test
    void aPoolOfNoThreadIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Workers.create(0)).withMessageContaining("at least one");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theSharedPoolIsOneAndStaysOpen() {
        Workers shared = Workers.shared();
        assertThat(Workers.shared()).isSameAs(shared);
        assertThatIllegalStateException().isThrownBy(shared::close).withMessageContaining("shared");
        AtomicIntegerArray seen = new AtomicIntegerArray(5);
        shared.parallel(5, seen::incrementAndGet);
        for (int i = 0; i < 5; i++) {
            assertThat(seen.get(i)).isEqualTo(1);
        }
    }
}
