package org.jacreg.examples.certification;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jacreg.attacks.Fmn;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.NormBall;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzMethod;
import org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.classifier.InputBox;
import org.jacreg.examples.certification.RandomNets.Architecture;
import org.jacreg.examples.certification.RandomNets.Net;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A random network, samples with the classes it gives them, and a norm. */
record RandomProblem(Net net, INDArray x, int[] labels, BallNorm norm) {

    private static final double LARGEST = 2;

    /** A graph takes longer to make than a network to check. */
    private static final int ARCHITECTURES = 80;

    static RandomProblem of(long seed, int samples) {
        Random random = new Random(seed);
        Net net = RandomNets.of(Architecture.random(new Random(random.nextInt(ARCHITECTURES))))
                .redrawn(random);
        INDArray x = net.samples(random, samples);
        return new RandomProblem(net, x, net.predictions(x), BallNorm.values()[random.nextInt(3)]);
    }

    CertificateCheck unclaimed() {
        return new CertificateCheck(net.architecture().toString(), net.model(), x, labels);
    }

    /** With the claims of every certifier that reads the network. */
    CertificateCheck certified() {
        CertificateCheck check = unclaimed();
        BoundGraph graph = BoundGraph.of(net.graph());
        Proofs proofs = new Proofs(graph, net.model().box(), check.samples(), labels);
        for (BoundMethod method : BoundMethod.values()) {
            check.claim(proofs.bounds(method, norm, LARGEST, 10), 0);
        }
        check.claim(proofs.local(norm, LARGEST), 0);
        if (net.architecture().layered()) {
            LayeredNetwork network = LayeredNetwork.of(net.graph());
            check.claim(proofs.lipschitz(network, LipschitzMethod.MARGIN, norm), 0);
            check.claim(proofs.lipschitz(network, LipschitzMethod.PAIRWISE, norm), 0);
        }
        return check;
    }

    static void attackCheaply(CertificateCheck check, BallNorm norm, long seed) {
        Norm in = Distances.norm(norm);
        check.judgeSamples();
        check.attack("FMN", Fmn.in(in).steps(15).build());
        check.attack(
                "PGD",
                norm,
                1,
                eps -> Pgd.in(new NormBall(in, eps))
                        .steps(8)
                        .restarts(2)
                        .seed(seed)
                        .build());
    }

    /** Between 0.01 and 1. */
    static double radius(long seed) {
        return Math.exp(-4.6 * new Random(seed ^ 5).nextDouble());
    }

    /** Claims bounds of margins and losses, made wrong by a share of their size: 0 for the truth. */
    void claimBounds(CertificateCheck check, double radius, double share) {
        BoundGraph graph = BoundGraph.of(net.graph());
        InputBox box = net.model().box();
        for (BoundMethod method : BoundMethod.values()) {
            Certifier certifier = Certifier.of(graph)
                    .method(method)
                    .norm(norm)
                    .bounds(box.lower(), box.upper())
                    .build();
            double[][] margins = certifier.margins(check.samples(), labels, radius);
            double[] losses = certifier.robustLossBounds(check.samples(), labels, radius);
            for (int n = 0; n < labels.length; n++) {
                claimBounds(check, n, radius, share, method.name(), margins[n], losses[n]);
            }
        }
        LocalLipschitzCertifier local =
                LocalLipschitzCertifier.of(graph, norm, box, BoundMethod.CROWN, graph.arithmetic());
        for (int n = 0; n < labels.length; n++) {
            double[] nothing = new double[graph.classes()];
            Arrays.fill(nothing, Double.NEGATIVE_INFINITY);
            double loss =
                    local.robustLoss(check.samples()[n], labels[n], radius).best();
            claimBounds(check, n, radius, share, "LOCAL", nothing, loss);
        }
    }

    private void claimBounds(
            CertificateCheck check, int n, double radius, double share, String method, double[] margins, double loss) {
        List<Double> raised = Arrays.stream(margins)
                .mapToObj(m -> Double.isInfinite(m) ? m : m + share * Math.abs(m))
                .toList();
        check.claim(new Claim(n, labels[n], norm, radius, method, raised, loss * (1 - share), 0));
    }
}
