package org.jacreg.jacobian;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jacreg.vjp.OpKind;
import org.jacreg.vjp.VjpRules;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Whether a graph is affine in its inputs, with the same matrix for every sample: read off the kinds of its ops, not off its
 * values. What is doubtful is not affine.
 */
final class AffineCheck {

    /** Adding something that varies from sample to sample leaves the matrix alone. */
    private static final Set<String> ADDITIVE = Set.of("add", "subtract", "reversesubtract", "biasadd");

    private static final Set<String> LINEAR_REDUCTIONS = Set.of("reduce_sum", "reduce_mean");

    private final VjpRules rules;
    private final Set<String> active;
    private final Set<String> moving;
    private final Set<String> varying;

    private AffineCheck(GraphModel model, VjpRules rules) {
        SameDiff sd = model.sameDiff();
        this.rules = rules;
        this.active = new HashSet<>(model.inputs());
        for (GraphOp op : model.path()) {
            op.outputs().stream()
                    .filter(output -> sd.getVariable(output).dataType().isFPType())
                    .forEach(active::add);
        }
        this.moving = GraphReach.descendants(sd, model.inputs());
        this.varying = GraphReach.descendants(sd, sd.inputs());
    }

    /**
     * What stands in the way of a closed form.
     *
     * @return the first op that is not affine, or another reason; nothing if the graph is affine
     */
    static Optional<String> obstacle(GraphModel model, GraphProbe probe, VjpRules rules) {
        if (probe.fixedBatch() >= 0) {
            return Optional.of("its batch size is fixed, so samples may have weights of their own");
        }
        AffineCheck check = new AffineCheck(model, rules);
        return model.path().stream()
                .map(check::reasonAgainst)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> reasonAgainst(GraphOp op) {
        List<String> inputs = op.inputs();
        int[] differentiated = IntStream.range(0, inputs.size())
                .filter(i -> active.contains(inputs.get(i)))
                .toArray();
        if (!linearIn(op.opName(), differentiated)) {
            return Optional.of(describe(op) + " is not affine");
        }
        for (String input : inputs) {
            if (!active.contains(input) && moving.contains(input)) {
                return Optional.of(describe(op) + " takes '" + input + "', which depends on the input by steps");
            }
            if (!active.contains(input) && varying.contains(input) && !ADDITIVE.contains(op.opName())) {
                return Optional.of(describe(op) + " takes '" + input + "', which varies from sample to sample");
            }
        }
        return Optional.empty();
    }

    private boolean linearIn(String opName, int[] inputs) {
        OpKind kind = rules.kind(opName).orElse(OpKind.UNSUPPORTED);
        boolean one = inputs.length == 1;
        return switch (kind) {
            case LINEAR -> true;
            case BILINEAR -> one;
            case REDUCTION -> one && LINEAR_REDUCTIONS.contains(opName);
            default ->
                one
                        && ((opName.equals("divide") && inputs[0] == 0)
                                || (opName.equals("reversedivide") && inputs[0] == 1));
        };
    }

    private static String describe(GraphOp op) {
        return "op '" + op.opName() + "' computing '" + op.outputs().get(0) + "'";
    }
}
