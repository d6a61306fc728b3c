package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.OpLayers;
import org.jacreg.bounds.network.OpReading;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * What stands before the last layer of a sequential network, by what it multiplies l2 distances with.
 *
 * @param weighted the ops whose weights are trained, from the input on: their norms are estimated
 * @param constant the product of the constants of all others
 * @param last the last layer
 */
record LipschitzFactors(List<OpSite> weighted, double constant, LastLayer last) {

    private static final Set<String> WEIGHTED = Set.of("matmul", "xw_plus_b", "conv1d", "conv2d");
    private static final Set<String> SHIFTS = Set.of(
            "add",
            "subtract",
            "reversesubtract",
            "biasadd",
            "add_scalar",
            "sub_scalar",
            "rsub_scalar",
            "neg",
            "identity",
            "permute",
            "transpose");

    /**
     * Reads a network.
     *
     * @throws UntrainableGraphException naming everything that is in the way
     */
    static LipschitzFactors of(BoundedNetwork network, String objective) {
        List<String> obstacles = new ArrayList<>(network.obstaclesOfAnyObjective());
        Optional<LastLayer> last = LastLayer.of(network.sites(), network.model().logits());
        if (last.isEmpty()) {
            obstacles.add(
                    "the logits '" + network.model().logits()
                            + "' are not computed by a dense layer x W + b, by whose columns' distances they could be held apart");
        }
        OpLayers layers = new OpLayers(network.model(), network.probe());
        List<OpSite> weighted = new ArrayList<>();
        double constant = 1;
        String reached = network.model().input();
        boolean before = true;
        for (OpSite site : network.sites()) {
            String why = sequential(site, reached);
            reached = site.op().outputs().get(0);
            before &= last.isEmpty()
                    || !site.op().name().equals(last.get().site().op().name());
            if (why.isEmpty() && before) {
                if (WEIGHTED.contains(site.op().opName())) {
                    why = obstacleOfWeighted(site);
                    weighted.add(site);
                } else if (!isShift(site)) {
                    OpReading reading = layers.read(site.op());
                    why = trained(site).orElse(reading.obstacle());
                    constant *= product(reading.layers());
                }
            }
            if (!why.isEmpty()) {
                obstacles.add(site.describe() + ": " + why);
            }
        }
        network.refuse(objective, obstacles);
        return new LipschitzFactors(List.copyOf(weighted), constant, last.orElseThrow());
    }

    private static String sequential(OpSite site, String reached) {
        List<Integer> data = site.dataInputs();
        boolean next = data.size() == 1 && site.name(data.get(0)).equals(reached);
        return next
                ? ""
                : "the network branches here; only ops one behind another are trained, without residual connections";
    }

    private static String obstacleOfWeighted(OpSite site) {
        boolean convolution = site.op().opName().startsWith("conv");
        boolean matrices = site.probe().spec(site.name(0)).rank() == 2
                && site.probe().spec(site.name(1)).rank() == 2;
        if (!site.isData(0) || !(convolution || matrices)) {
            return "only x W with one vector x for every sample is a layer here, with samples as first operand";
        }
        boolean flags = !convolution && (site.flag(0) || site.flag(2));
        boolean plain = convolution || (site.setting(0, 1) == 1 && site.setting(1, 0) == 0);
        return flags || !plain ? "it transposes the samples or scales the product; write x W" : "";
    }

    private static boolean isShift(OpSite site) {
        int data = site.dataInputs().get(0);
        boolean spread = site.probe().spec(site.name(data)).rank()
                != site.probe().spec(site.op().outputs().get(0)).rank();
        boolean sameSize =
                size(site, site.name(data)) == size(site, site.op().outputs().get(0));
        return SHIFTS.contains(site.op().opName()) && !spread && sameSize;
    }

    private static long size(OpSite site, String variable) {
        long size = 1;
        for (long dim : site.probe().spec(variable).toArray()) {
            size *= Math.abs(dim);
        }
        return size;
    }

    private static Optional<String> trained(OpSite site) {
        for (int input = 0; input < site.op().inputs().size(); input++) {
            if (!site.isData(input) && site.variable(input).getVariableType() != VariableType.CONSTANT) {
                return Optional.of("its operand '" + site.name(input)
                        + "' is no constant; factors that are trained are those of dense layers and convolutions");
            }
        }
        return Optional.empty();
    }

    private static double product(List<Layer> layers) {
        double product = 1;
        for (Layer layer : layers) {
            product *= layer.lipschitz();
        }
        return product;
    }
}
