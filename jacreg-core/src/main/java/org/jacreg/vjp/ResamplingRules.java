package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;
import org.jacreg.graph.TensorSpec;
import org.nd4j.autodiff.samediff.SDVariable;

/** Ops that copy pixels to other places, or interpolate between them. */
final class ResamplingRules {

    private ResamplingRules() {}

    static void register(VjpRules.Builder rules) {
        rules.linear("upsampling2d", ResamplingRules::sumOfCopies)
                .linear("upsampling3d", ResamplingRules::sumOfCopies);
    }

    /**
     * The adjoint of repeating every pixel is the sum over its repeats. The factors are read off the shapes: ND4J's classes
     * hand them over in different orders.
     */
    private static SDVariable sumOfCopies(VjpContext context, SDVariable ct) {
        TensorSpec in = context.inputSpec(0);
        TensorSpec out = context.outputSpec();
        List<Long> split = new ArrayList<>();
        List<Integer> copies = new ArrayList<>();
        for (int axis = 0; axis < in.rank(); axis++) {
            split.add(in.dim(axis));
            if (axis > 0 && out.dim(axis) != in.dim(axis)) {
                copies.add(split.size());
                split.add(out.dim(axis) / in.dim(axis));
            }
        }
        if (copies.isEmpty()) {
            return ct;
        }
        SDVariable open = context.graph()
                .reshape(ct, split.stream().mapToLong(Long::longValue).toArray());
        SDVariable sum = context.graph()
                .sum(open, copies.stream().mapToInt(Integer::intValue).toArray());
        return context.graph().reshape(sum, in.toArray());
    }
}
