package org.jacreg.attacks.objective;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Counts at how many points of an attack each sample of a batch is classified rightly. */
final class Survival {

    private final int[] labels;
    private final int[] counts;

    /** For distributions the true class is the most probable one. */
    Survival(INDArray targets) {
        this.labels = Rows.greatest(targets);
        this.counts = new int[labels.length];
    }

    /** Takes the logits {@code [N, C]} at the next point. */
    Survival count(INDArray logits) {
        int[] predicted = Rows.greatest(logits);
        for (int n = 0; n < counts.length; n++) {
            counts[n] += predicted[n] == labels[n] ? 1 : 0;
        }
        return this;
    }

    int[] counts() {
        return counts.clone();
    }
}
