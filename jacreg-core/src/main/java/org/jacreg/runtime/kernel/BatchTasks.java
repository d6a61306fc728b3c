package org.jacreg.runtime.kernel;

/** Which samples of a batch each task of a kernel has: as even as can be, in order. */
record BatchTasks(int batch, int tasks) {

    static BatchTasks of(int batch, Workers workers) {
        return new BatchTasks(batch, Math.min(batch, workers.size()));
    }

    int from(int task) {
        return (int) ((long) batch * task / tasks);
    }

    int to(int task) {
        return from(task + 1);
    }

    /** The most samples that a task has. */
    int most() {
        return (batch + tasks - 1) / tasks;
    }
}
