package org.jacreg.bounds.covering;

import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.NetworkNorms;
import org.jacreg.bounds.rounding.RoundUp;

/** A norm of the Jacobian of the K logits with respect to the d inputs. */
public enum JacobianNorm {
    /** {@code ||J||_F}, for attacks in l2. */
    FROBENIUS,

    /** {@code ||J||_{1,1}}, the sum of absolute entries, for attacks in l_inf; at most {@code sqrt(K d) ||J||_F}. */
    L11;

    /** An upper bound of this norm over the Frobenius norm: 1 or {@code sqrt(K d)}, d without the constant of biases. */
    double overFrobenius(NetworkNorms norms) {
        if (this == FROBENIUS) {
            return 1;
        }
        LayerNorms first = norms.layers().get(0);
        LayerNorms last = norms.layers().get(norms.depth() - 1);
        long inputs = norms.biases() ? Math.max(1, first.inputs() - 1) : first.inputs();
        return RoundUp.sqrt(RoundUp.product((double) inputs, (double) last.outputs()));
    }
}
