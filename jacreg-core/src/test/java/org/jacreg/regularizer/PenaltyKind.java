package org.jacreg.regularizer;

import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The penalties that the contract tests run over, each with its value on a given Jacobian. */
enum PenaltyKind {
    FROBENIUS {
        @Override
        JacobianRegularizer of(SameDiff sd) {
            return JacobianRegularizer.frobenius(sd);
        }

        @Override
        double onJacobian(INDArray jacobian) {
            return jacobian.mul(jacobian).sumNumber().doubleValue() / jacobian.size(0);
        }
    },
    L11 {
        @Override
        JacobianRegularizer of(SameDiff sd) {
            return JacobianRegularizer.l11(sd);
        }

        @Override
        double onJacobian(INDArray jacobian) {
            return org.nd4j.linalg.ops.transforms.Transforms.abs(jacobian)
                            .sumNumber()
                            .doubleValue()
                    / jacobian.size(0);
        }
    },
    PROJECTIONS {
        @Override
        JacobianRegularizer of(SameDiff sd) {
            return JacobianRegularizer.frobenius(sd).projections(2);
        }

        @Override
        double onJacobian(INDArray jacobian) {
            return FROBENIUS.onJacobian(jacobian);
        }
    };

    abstract JacobianRegularizer of(SameDiff sd);

    /** The mean over the batch, for {@code [N, C, D]}; for projections what they estimate. */
    abstract double onJacobian(INDArray jacobian);

    RegularizedGraph attach(SameDiff sd, double lambda) {
        return of(sd).lambda(lambda).attach();
    }
}
