package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.jacreg.classifier.Classifier;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

class GraphFingerprintTest {

    private record Net(
            String prefix, double weight, double factor, int stride, boolean leaky, int axis, DataType type) {

        Net() {
            this("", 1, 2, 1, false, 1, DataType.DOUBLE);
        }

        SameDiff graph() {
            SameDiff sd = SameDiff.create();
            SDVariable x = sd.placeHolder("input", type, -1, 1, 4, 4);
            SDVariable w = sd.var(prefix + "w", Nd4j.valueArrayOf(new long[] {2, 2, 1, 3}, weight, type));
            SDVariable y = sd.cnn()
                    .conv2d(
                            prefix + "conv",
                            x,
                            w,
                            Conv2DConfig.builder()
                                    .kH(2)
                                    .kW(2)
                                    .sH(stride)
                                    .sW(stride)
                                    .build());
            SDVariable a = leaky ? sd.nn().leakyRelu(y, 0.3) : sd.nn().relu(y, 0);
            SDVariable m = a.mul(factor).sum(prefix + "sum", 3).mean(axis + 1);
            m.rename("logits");
            return sd;
        }

        String hash() {
            return GraphFingerprint.of(
                    GraphModel.builder(graph()).input("input").logits("logits").build());
        }
    }

    @Test
    void namesAndWhatLogitsDoNotNeedDoNotMatter() {
        String hash = new Net().hash();
        assertThat(hash).matches("[0-9a-f]{64}").isEqualTo(new Net().hash());
        assertThat(new Net("other", 1, 2, 1, false, 1, DataType.DOUBLE).hash()).isEqualTo(hash);
        SameDiff sd = new Net().graph();
        SDVariable label = sd.placeHolder("label", DataType.DOUBLE, -1, 3);
        sd.loss().softmaxCrossEntropy("loss", label, sd.getVariable("logits"), null);
        assertThat(GraphFingerprint.of(
                        GraphModel.builder(sd).input("input").logits("logits").build()))
                .isEqualTo(hash);
    }

    @Test
    void weightsOpsAndTheirArgumentsMatter() {
        Set<String> hashes = new HashSet<>();
        hashes.add(new Net().hash());
        hashes.add(new Net("", 1.001, 2, 1, false, 1, DataType.DOUBLE).hash());
        hashes.add(new Net("", 1, 3, 1, false, 1, DataType.DOUBLE).hash());
        hashes.add(new Net("", 1, 2, 2, false, 1, DataType.DOUBLE).hash());
        hashes.add(new Net("", 1, 2, 1, true, 1, DataType.DOUBLE).hash());
        hashes.add(new Net("", 1, 2, 1, false, 0, DataType.DOUBLE).hash());
        hashes.add(new Net("", 1, 2, 1, false, 1, DataType.FLOAT).hash());
        assertThat(hashes).hasSize(7);
    }

    @Test
    void classifiersHashTheirPresentWeightsAndNormalisation() {
        SameDiff sd = new Net().graph();
        Classifier model = Classifier.of(sd)
                .input("input")
                .logits("logits")
                .inputShape(1, 4, 4)
                .build();
        String before = model.fingerprint().orElseThrow();
        assertThat(model.fingerprint()).contains(before);
        String normalised = Classifier.of(sd)
                .input("input")
                .logits("logits")
                .inputShape(1, 4, 4)
                .normalise(0.5, 2)
                .build()
                .fingerprint()
                .orElseThrow();
        assertThat(normalised).isNotEqualTo(before);
        sd.getVariable("w").getArr().addi(1);
        assertThat(model.fingerprint()).isPresent().isNotEqualTo(java.util.Optional.of(before));
    }
}
