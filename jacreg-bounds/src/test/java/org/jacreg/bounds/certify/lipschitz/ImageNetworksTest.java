package org.jacreg.bounds.certify.lipschitz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.JacobianBounds;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;
import org.jacreg.golden.Golden;
import org.jacreg.golden.GoldenCase;
import org.jacreg.golden.GoldenGraph;
import org.jacreg.graph.GraphModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions, pooling and batch normalisation: sampled changes stay below constants and bounds of Jacobians. */
class ImageNetworksTest {

    private static final double RADIUS = 0.05;

    @ParameterizedTest
    @ValueSource(
            strings = {"conv_maxpool_dense", "conv_maxpool_overlap_tanh", "conv_avgpool_dense", "batchnorm_eval_conv"})
    void sampledChangesStayBelow(String name) {
        GoldenCase golden = Golden.named(name);
        GraphModel model = GraphModel.builder(GoldenGraph.build(golden, DataType.DOUBLE))
                .logits(GoldenGraph.output(golden))
                .build();
        LayeredNetwork network = LayeredNetwork.of(model);
        BoundGraph graph = BoundGraph.of(model);
        INDArray batch = golden.array("x");
        double[] x = batch.reshape('c', batch.size(0), batch.length() / batch.size(0))
                .toDoubleMatrix()[0];
        double[] z = network.logits(x);
        int label = Nets.argmax(z);
        double[][] identity = new double[z.length][z.length];
        for (int c = 0; c < z.length; c++) {
            identity[c][c] = 1;
        }
        Random random = new Random(4);
        for (BallNorm norm : BallNorm.values()) {
            GlobalLipschitz constants = GlobalLipschitz.of(network, norm);
            JacobianBounds jacobian = JacobianBounds.of(
                            graph,
                            BoundMethod.CROWN,
                            norm,
                            InputBox.unbounded(),
                            Arithmetic.REAL,
                            x,
                            new double[] {RADIUS},
                            identity)
                    .get(0);
            Certificate certificate = LipschitzCertifier.of(network, norm, LipschitzMethod.PAIRWISE, Arithmetic.FLOAT64)
                    .certify(x, label);
            for (int n = 0; n < 100; n++) {
                double[] there = network.logits(Nets.around(x, RADIUS, norm, random));
                for (int c = 0; c < z.length; c++) {
                    assertThat(Math.abs(there[c] - z[c])).isLessThanOrEqualTo(jacobian.lipschitz(c) * RADIUS);
                    assertThat(Math.abs(there[c] - there[label] - z[c] + z[label]))
                            .isLessThanOrEqualTo(constants.pair(c, label) * RADIUS);
                }
                double radius = Math.max(0, certificate.radius());
                assertThat(Nets.argmax(network.logits(Nets.around(x, radius, norm, random))))
                        .isEqualTo(label);
            }
        }
    }
}
