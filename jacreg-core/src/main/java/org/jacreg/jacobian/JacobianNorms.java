package org.jacreg.jacobian;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Norms of the Jacobian of every sample of a batch.
 *
 * @param frobenius {@code ||J_n||_F = sqrt(sum_ci J_nci^2)}, {@code [N]}; belongs to the holder
 * @param l11 {@code ||J_n||_{1,1} = sum_ci |J_nci|}, {@code [N]}; belongs to the holder
 */
public record JacobianNorms(INDArray frobenius, INDArray l11) {

    /**
     * The mean over the batch of {@code ||J_n||_F}.
     *
     * @return the mean
     */
    public double meanFrobenius() {
        return frobenius.meanNumber().doubleValue();
    }

    /**
     * The mean over the batch of {@code ||J_n||_F^2}, which is what {@code JacobianRegularizer.frobenius} penalises.
     *
     * @return the mean of squares
     */
    public double meanFrobeniusSquared() {
        return frobenius.mul(frobenius).meanNumber().doubleValue();
    }

    /**
     * The mean over the batch of {@code ||J_n||_{1,1}}.
     *
     * @return the mean
     */
    public double meanL11() {
        return l11.meanNumber().doubleValue();
    }
}
