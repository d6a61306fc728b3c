package org.jacreg.bounds.certify;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** An immutable registry of what ops are that are no single layers, by op name. */
final class OpReaders {

    /** Reads one op into the builder and gives its node. */
    @FunctionalInterface
    interface NodeReader {
        int read(OpContext context);
    }

    /** Ops that put numbers elsewhere, again, or apart, whatever their arguments say. */
    private static final List<String> MOVING = List.of(
            "slice",
            "strided_slice",
            "gather",
            "stack",
            "tile",
            "reverse",
            "pad",
            "mirror_pad",
            "upsampling2d",
            "space_to_depth",
            "depth_to_space");

    private static final Set<String> SPLITTING = Set.of("split", "split_v", "unstack");

    private static final List<String> LINEAR = List.of("depthwise_conv2d", "deconv2d", "conv3dnew");

    private final Map<String, NodeReader> readers;

    private OpReaders(Map<String, NodeReader> readers) {
        this.readers = Collections.unmodifiableMap(new TreeMap<>(readers));
    }

    static OpReaders standard() {
        Map<String, NodeReader> readers = new TreeMap<>();
        readers.put("add", context -> JoiningOps.sum(context, 1));
        readers.put("mergeadd", context -> JoiningOps.sum(context, 1));
        readers.put("subtract", context -> JoiningOps.sum(context, -1));
        readers.put("concat", JoiningOps::concatenation);
        readers.put("permute", MovingOps::permutation);
        readers.put("transpose", MovingOps::permutation);
        readers.put("cast", MovingOps::cast);
        for (String name : MOVING) {
            readers.put(name, context -> ExecutedOps.moved(context)[0]);
        }
        for (String name : LINEAR) {
            readers.put(name, ExecutedOps::linear);
        }
        readers.put("reduce_sum", FoldingOps::sum);
        readers.put("reduce_mean", FoldingOps::mean);
        readers.put("reduce_max", FoldingOps::maximum);
        readers.put("reduce_min", FoldingOps::minimum);
        readers.put("maximum", FoldingOps::largest);
        readers.put("mergemax", FoldingOps::largest);
        readers.put("minimum", FoldingOps::smallest);
        readers.put("prelu", ComposedOps::prelu);
        readers.put("abs", ComposedOps::absolute);
        readers.put("logsigmoid", ComposedOps::logSigmoid);
        readers.put("rectified_tanh", ComposedOps::rectifiedTanh);
        readers.put("max_scalar", ComposedOps::atLeast);
        readers.put("scalar_min", ComposedOps::atMost);
        readers.put("ClipByValue", ComposedOps::clipped);
        ProductOps.register(readers);
        readers.put("standardize", NormalizingOps::standardized);
        readers.put("layer_norm", NormalizingOps::layerNormalization);
        readers.put(
                "softmax",
                context -> ComposedOps.areProbabilities(context)
                        ? ComposedOps.probabilities(context)
                        : NormalizingOps.softmax(context));
        readers.put("log_softmax", ComposedOps::probabilities);
        return new OpReaders(readers);
    }

    /** Whether an op of several outputs moves numbers. */
    boolean splits(String opName) {
        return SPLITTING.contains(opName);
    }

    Optional<NodeReader> find(String opName) {
        return Optional.ofNullable(readers.get(opName));
    }

    Set<String> opNames() {
        return readers.keySet();
    }
}
