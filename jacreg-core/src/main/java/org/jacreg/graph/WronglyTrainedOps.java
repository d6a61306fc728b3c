package org.jacreg.graph;

import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ops whose gradient in SameDiff is wrong without an error (docs/nd4j-bugs.md): training through them is wrong, with a penalty
 * or without. Jacobians and gradients by this library's rules are right.
 */
public final class WronglyTrainedOps {

    private static final Logger LOG = LoggerFactory.getLogger(WronglyTrainedOps.class);

    private static final Set<String> NAMES = Set.of(
            "clipbynorm",
            "cumprod",
            "cumsum",
            "floormod",
            "gru",
            "logentropy",
            "lrn",
            "matrix_inverse",
            "mod",
            "softsignderivative");

    private WronglyTrainedOps() {}

    /**
     * Their names; a test measures which they are. Ops that are wrong in some settings only are not here.
     *
     * @return op names, as ND4J has them
     */
    public static Set<String> names() {
        return NAMES;
    }

    /**
     * Warns of ops of a graph that a loss depends on and that SameDiff differentiates wrongly.
     *
     * @param sd the graph; not modified
     * @param losses its loss variables
     * @return what was warned of, for example {@code op 'cumsum' computing [y]}
     */
    public static List<String> warn(SameDiff sd, List<String> losses) {
        GraphStructure structure = new GraphStructure(sd);
        Set<String> ancestors = structure.ancestors(losses);
        List<String> found = structure.sorted().stream()
                .filter(op -> NAMES.contains(op.opName()) && !GraphDecoration.isOurs(op.name()))
                .filter(op -> op.outputs().stream().anyMatch(ancestors::contains))
                .map(op -> "op '" + op.opName() + "' computing " + op.outputs())
                .toList();
        if (!found.isEmpty()) {
            LOG.warn(
                    "SameDiff's own gradient is wrong, without an error, through {}: training is wrong there, with a penalty"
                            + " or without (docs/nd4j-bugs.md); write these ops out of others",
                    found);
        }
        return found;
    }
}
