package org.jacreg.jacobian;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Norms of the Jacobian of every sample of a batch, in float64. Where there are several inputs, J is that of all of them, side
 * by side.
 *
 * <p>A sample whose Jacobian holds NaN or an infinity has norms that are NaN or infinite.
 *
 * @param frobenius {@code ||J_n||_F = sqrt(sum_ci J_nci^2)}, {@code [N]}; belongs to the holder
 * @param l11 {@code ||J_n||_{1,1} = sum_ci |J_nci|}, {@code [N]}; belongs to the holder
 * @param l21 {@code ||J_n||_{2,1} = sum_i sqrt(sum_c J_nci^2)}, the sum of the Euclidean norms of the columns, {@code [N]};
 *     belongs to the holder
 * @param spectral {@code ||J_n||_2}, the largest singular value, {@code [N]}; belongs to the holder. Relative error about
 *     {@code 1e-13} beside that of the entries themselves
 */
public record JacobianNorms(INDArray frobenius, INDArray l11, INDArray l21, INDArray spectral) {

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

    /**
     * The mean over the batch of {@code ||J_n||_{2,1}}.
     *
     * @return the mean
     */
    public double meanL21() {
        return l21.meanNumber().doubleValue();
    }

    /**
     * The mean over the batch of {@code ||J_n||_2}.
     *
     * @return the mean
     */
    public double meanSpectral() {
        return spectral.meanNumber().doubleValue();
    }
}
