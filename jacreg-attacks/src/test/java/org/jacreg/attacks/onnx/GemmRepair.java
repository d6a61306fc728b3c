package org.jacreg.attacks.onnx;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * What ND4J's importer makes of Gemm, {@code A B + C}, is a product that ignores C and adds what its output's memory held
 * before. Here its consumers get a product and a sum of their own.
 */
final class GemmRepair {

    /** The sum is called like the output of Gemm, with this at the end. */
    static final String SUFFIX = "/repaired";

    private GemmRepair() {}

    static void in(SameDiff sd) {
        List<SameDiffOp> products = sd.getOps().values().stream()
                .filter(op -> op.getOp().opName().equals("matmul"))
                .filter(op -> op.getInputsToOp().size() == 3)
                .toList();
        products.forEach(product -> repair(sd, product));
    }

    private static void repair(SameDiff sd, SameDiffOp product) {
        String output = product.getOutputsOfOp().get(0);
        List<String> consumers = sd.getVariables().get(output).getInputsForOp();
        List<String> before = consumers == null ? List.of() : List.copyOf(consumers);
        long[] flags = ((DynamicCustomOp) product.getOp()).iArgs();
        SDVariable[] inputs =
                product.getInputsToOp().stream().map(sd::getVariable).toArray(SDVariable[]::new);
        SDVariable sum = sd.mmul(inputs[0], inputs[1], flags[0] != 0, flags[1] != 0, false)
                .add(output + SUFFIX, inputs[2]);
        for (String consumer : before) {
            DifferentialFunction op = sd.getOpById(consumer);
            List<String> arguments = sd.getOps().get(consumer).getInputsToOp();
            sd.replaceArgFor(arguments.indexOf(output), sum, op);
        }
    }
}
