package org.jacreg.attacks.objective;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Where an {@link InnerAttack} on a batch has ended. */
final class AttackedBatch {

    private final INDArray points;
    private final int[] survived;

    AttackedBatch(INDArray points, int[] survived) {
        this.points = points;
        this.survived = survived;
    }

    /** {@code [N, *inputShape]} in the model's type. */
    INDArray points() {
        return points;
    }

    /**
     * For every sample at how many of the points where a gradient was taken it was classified rightly; not to be modified.
     */
    int[] survived() {
        return survived;
    }
}
