package org.jacreg.runtime.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share out the tasks of one loop at a time, with little delay.
 *
 * <p>The calling thread takes part. The others spin for some microseconds after their last task, since a schedule of kernels soon
 * brings the next one, then park: an idle pool costs nothing. They are daemons. Several threads may use one pool; they take turns.
 *
 * <p>Which thread runs which task is left to chance, so what a task computes must depend on its index alone; then results do not
 * vary from run to run.
 */
public final class Workers implements AutoCloseable {

    /** Longer than the gap between two kernels of a schedule, shorter than anybody minds. */
    private static final long SPIN_NANOS = 50_000;

    /** How long the caller spins for tasks of others: they end at nearly the same time, unless threads outnumber processors. */
    private static final long PATIENCE_NANOS = 500_000;

    private static final long REMAINING = 0xFFFF_FFFFL;

    private final Helper[] helpers;
    private final ReentrantLock turn = new ReentrantLock();

    /*
     * The number of the fork in the upper half, the tasks not yet claimed in the lower. A task is claimed by taking one off, which
     * fails if another fork has begun in between: a helper that wakes late cannot run the new body under an old claim, and body is
     * not replaced before all claimed tasks are finished.
     */
    private final AtomicLong claims = new AtomicLong();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable IntConsumer body;
    private volatile @Nullable Thread waiting;
    private volatile boolean closed;

    /** The pool of the process, made when it is first wanted; its threads sleep when nothing runs. */
    private static final class Shared {
        private static final Workers WORKERS = new Workers(Runtime.getRuntime().availableProcessors(), true);
    }

    private final boolean isShared;

    private Workers(int threads, boolean isShared) {
        this.isShared = isShared;
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(this, i + 1);
        }
        for (Helper helper : helpers) {
            helper.start();
        }
    }

    /**
     * A pool with as many threads as the process has processors, the caller's counted.
     *
     * @return a fresh pool, to be closed by the caller
     */
    public static Workers create() {
        return create(Runtime.getRuntime().availableProcessors());
    }

    /**
     * The pool that everything in this process shares that is not told otherwise.
     *
     * @return always the same pool, with as many threads as the process has processors; not to be closed
     */
    public static Workers shared() {
        return Shared.WORKERS;
    }

    /**
     * A pool.
     *
     * @param threads how many threads work on a loop, the calling one counted; at least 1
     * @return a fresh pool, to be closed by the caller
     */
    public static Workers create(int threads) {
        if (!(threads >= 1)) {
            throw new IllegalArgumentException("expected at least one thread, got " + threads);
        }
        return new Workers(threads, false);
    }

    /**
     * How many threads work on a loop, the calling one counted.
     *
     * @return at least 1
     */
    public int size() {
        return helpers.length + 1;
    }

    /**
     * Runs {@code body} for 0, 1, ..., {@code tasks - 1}, in any order and at the same time, and returns when all are done.
     *
     * <p>Where tasks throw, the others still run and one of the exceptions is thrown here.
     *
     * @param tasks how many; none is allowed
     * @param body the task of an index; must not call this method
     * @throws IllegalStateException if the pool is closed, or this is called from within a task
     */
    public void parallel(int tasks, IntConsumer body) {
        if (!(tasks >= 0)) {
            throw new IllegalArgumentException("expected a number of tasks of at least 0, got " + tasks);
        }
        if (turn.isHeldByCurrentThread() || isHelper(Thread.currentThread())) {
            throw new IllegalStateException(
                    "parallel called from within a task of " + this + ": tasks cannot be split again");
        }
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            if (tasks > 0) {
                fork(tasks, body);
            }
        } finally {
            turn.unlock();
        }
    }

    private void fork(int tasks, IntConsumer loop) {
        failure.set(null);
        body = loop;
        unfinished.set(tasks);
        claims.set(((claims.get() >>> Integer.SIZE) + 1) << Integer.SIZE | tasks);
        int wanted = Math.min(tasks - 1, helpers.length);
        for (int i = 0; i < wanted; i++) {
            helpers[i].wake();
        }
        while (claimAndRun()) {
            Thread.onSpinWait();
        }
        awaitOthers();
        body = null;
        Throwable thrown = failure.getAndSet(null);
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void awaitOthers() {
        long start = System.nanoTime();
        while (unfinished.get() > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            Thread.onSpinWait();
        }
        waiting = Thread.currentThread();
        while (unfinished.get() > 0) {
            LockSupport.park(this);
        }
        waiting = null;
    }

    /** Whether there was a task to claim. */
    private boolean claimAndRun() {
        long now = claims.get();
        int remaining = (int) (now & REMAINING);
        if (remaining == 0) {
            return false;
        }
        if (claims.compareAndSet(now, now - 1)) {
            runClaimed(remaining - 1);
        }
        return true;
    }

    private void runClaimed(int index) {
        try {
            IntConsumer loop = body;
            if (loop != null) {
                loop.accept(index);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            if (unfinished.decrementAndGet() == 0) {
                LockSupport.unpark(waiting);
            }
        }
    }

    private boolean hasWork() {
        return (claims.get() & REMAINING) != 0;
    }

    private boolean isHelper(Thread thread) {
        return thread instanceof Helper helper && helper.pool == this;
    }

    /**
     * Ends the threads, after the loop in progress. Closing twice is allowed; closing from within a task is not.
     *
     * @throws IllegalStateException within a task, or for the {@link #shared} pool, which others need
     */
    @Override
    public void close() {
        if (isShared) {
            throw new IllegalStateException(
                    this + " is shared by the whole process and stays open; close pools of your own");
        }
        if (turn.isHeldByCurrentThread() || isHelper(Thread.currentThread())) {
            throw new IllegalStateException(this + " cannot be closed from within one of its tasks");
        }
        turn.lock();
        try {
            closed = true;
        } finally {
            turn.unlock();
        }
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    @Override
    public String toString() {
        return "workers(" + size() + ")";
    }

    private static final class Helper extends Thread {

        private final Workers pool;
        private volatile boolean parked;

        Helper(Workers pool, int number) {
            super("jacreg-worker-" + number);
            this.pool = pool;
            setDaemon(true);
        }

        @Override
        public void run() {
            long idleSince = System.nanoTime();
            while (!pool.closed) {
                if (pool.claimAndRun()) {
                    idleSince = System.nanoTime();
                } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    rest();
                    idleSince = System.nanoTime();
                }
            }
        }

        private void rest() {
            parked = true;
            // Work that came before the flag was seen would otherwise wait for the next fork.
            if (!pool.hasWork() && !pool.closed) {
                LockSupport.park(pool);
            }
            parked = false;
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }
    }
}
