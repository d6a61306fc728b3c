package org.jacreg.graph;

import java.util.List;
import java.util.Objects;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Mends dense layers of imported ONNX files.
 *
 * <p>What ND4J's importer makes of Gemm, {@code A B + C}, is a product that ignores C and adds what its output's memory held before
 * (docs/nd4j-bugs.md). Here its consumers get a product and a sum of their own. Products with alpha or beta other than 1 are refused.
 *
 * <pre>{@code
 * SameDiff sd = new OnnxFrameworkImporter().runImport(file, Map.of(), true);
 * sd.disableEagerMode();
 * GemmRepair.in(sd);
 * }</pre>
 */
public final class GemmRepair {

    /** The sum is called like the output of Gemm, with this at the end. */
    public static final String SUFFIX = "/repaired";

    private GemmRepair() {}

    /**
     * Mends every product with three inputs. A graph without one is left as it is.
     *
     * @param sd the imported graph, not in eager mode; its products' outputs stay, without consumers
     * @return how many products were mended
     * @throws IllegalArgumentException if a product has an alpha or beta other than 1 (0 is what the importer makes of an attribute that
     *     is not in the file); the graph is unchanged then
     */
    public static int in(SameDiff sd) {
        List<SameDiffOp> products = sd.getOps().values().stream()
                .filter(op -> op.getOp().opName().equals("matmul"))
                .filter(op -> op.getInputsToOp().size() == 3)
                .toList();
        products.forEach(GemmRepair::requireFactorsOfOne);
        products.forEach(product -> repair(sd, product));
        return products.size();
    }

    private static void requireFactorsOfOne(SameDiffOp product) {
        double[] factors = ((DynamicCustomOp) product.getOp()).tArgs();
        for (double factor : factors) {
            if (factor != 1) {
                throw new IllegalArgumentException("product '" + product.getName() + "' has the factor " + factor
                        + ", wanted alpha = beta = 1; ND4J's importer makes 0 of an attribute that is not in the file: export Gemm"
                        + " with both");
            }
        }
    }

    private static void repair(SameDiff sd, SameDiffOp product) {
        String output = product.getOutputsOfOp().get(0);
        List<String> consumers =
                Objects.requireNonNull(sd.getVariables().get(output)).getInputsForOp();
        List<String> before = consumers == null ? List.of() : List.copyOf(consumers);
        long[] flags = ((DynamicCustomOp) product.getOp()).iArgs();
        SDVariable[] inputs =
                product.getInputsToOp().stream().map(sd::getVariable).toArray(SDVariable[]::new);
        SDVariable sum = sd.mmul(inputs[0], inputs[1], flags[0] != 0, flags[1] != 0, false)
                .add(output + SUFFIX, inputs[2]);
        for (String consumer : before) {
            DifferentialFunction op = sd.getOpById(consumer);
            List<String> arguments =
                    Objects.requireNonNull(sd.getOps().get(consumer)).getInputsToOp();
            sd.replaceArgFor(arguments.indexOf(output), sum, op);
        }
    }
}
