package org.jacreg.bounds.certify.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The dense layer that comes last, perhaps with biases added behind it.
 *
 * @param input the variable that it reads
 * @param site the matrix product
 */
record LastLayer(String input, OpSite site) {

    private static final Set<String> SHIFTS =
            Set.of("add", "biasadd", "subtract", "add_scalar", "sub_scalar", "identity");

    /** Finds it, or nothing if the logits are computed in another way. */
    static Optional<LastLayer> of(List<OpSite> sites, String logits) {
        Map<String, OpSite> producers = new HashMap<>();
        sites.forEach(site -> producers.put(site.op().outputs().get(0), site));
        String at = logits;
        OpSite site = producers.get(at);
        while (site != null && isShift(site)) {
            at = site.name(site.dataInputs().get(0));
            site = producers.get(at);
        }
        return site != null && isDense(site) ? Optional.of(new LastLayer(site.name(0), site)) : Optional.empty();
    }

    private static boolean isDense(OpSite site) {
        String name = site.op().opName();
        return (name.equals("xw_plus_b") || name.equals("matmul"))
                && site.dataInputs().equals(List.of(0))
                && !site.flag(0)
                && !site.flag(2)
                && site.probe().spec(site.name(0)).rank() == 2
                && site.probe().spec(site.name(1)).rank() == 2;
    }

    /** Whether an op adds the same to all samples, and does not spread what it adds to. */
    private static boolean isShift(OpSite site) {
        if (!SHIFTS.contains(site.op().opName()) || site.dataInputs().size() != 1) {
            return false;
        }
        int data = site.dataInputs().get(0);
        boolean negated = site.op().opName().equals("subtract") && data == 1;
        return !negated
                && site.probe()
                        .spec(site.name(data))
                        .dims()
                        .equals(site.probe().spec(site.op().outputs().get(0)).dims());
    }

    /** Its matrix, [inputs, C]. */
    SDVariable weights() {
        boolean transposed = site.op().opName().equals("matmul") && site.flag(1);
        return transposed ? site.sd().permute(site.variable(1), 1, 0) : site.variable(1);
    }
}
