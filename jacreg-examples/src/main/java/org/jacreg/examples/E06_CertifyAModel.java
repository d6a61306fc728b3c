package org.jacreg.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.dataset.CertifiedAccuracyJson;
import org.jacreg.bounds.certify.dataset.CertifiedAccuracyReport;
import org.jacreg.bounds.certify.dataset.CertifiedEvaluation;
import org.jacreg.bounds.certify.vnnlib.RobustnessInstances;
import org.jacreg.bounds.certify.vnnlib.VnnLibReader;
import org.jacreg.bounds.certify.vnnlib.VnnLibVerifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.examples.data.ShuffledBatches;
import org.jacreg.regularizer.JacobianRegularizer;
import org.jacreg.regularizer.RegularizedGraph;
import org.jacreg.runtime.BackendCheck;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Example 6: the share of digits whose class provably wins everywhere in an l_inf ball, as a curve, as JSON, and as VNN-LIB for other
 * verifiers.
 *
 * <p>Common mistake: to take accuracy under an attack for certified accuracy. The truth lies between the two: an attack only shows what it
 * found, and a bound only what it could prove.
 */
public final class E06_CertifyAModel {

    private static final InputBox PIXELS = new InputBox(0, 1);

    private E06_CertifyAModel() {}

    /**
     * What came of it.
     *
     * @param report certified accuracy over 100 test digits
     * @param answers what our own verifier says of the first digits' VNN-LIB files: {@code unsat} where the class provably wins
     */
    public record Outcome(CertifiedAccuracyReport report, List<String> answers) {}

    /**
     * Trains the network of the first example on 3,000 digits and certifies it.
     *
     * @param lambda the weight of the penalty on the Jacobian; 0 to train without one
     * @param folder where to write {@code certified.json} and the VNN-LIB files
     * @return what came of it
     * @throws IOException if digits cannot be read or files not written
     */
    public static Outcome certify(double lambda, Path folder) throws IOException {
        MnistData mnist = MnistData.bundled();
        SameDiff sd = train(lambda, mnist);

        BoundGraph graph = BoundGraph.of(sd);
        Certifier certifier = Certifier.of(graph)
                .method(BoundMethod.CROWN)
                .bounds(PIXELS.lower(), PIXELS.upper())
                .build();
        LabelledImages test = mnist.test().first(100);
        INDArray x = test.allFeatures();
        int[] labels = test.labels(test.all());
        CertifiedAccuracyReport report = CertifiedEvaluation.of(certifier)
                .over(x, labels)
                .radii(0.01, 0.02, 0.05, 0.1)
                .run();
        CertifiedAccuracyJson.write(report, folder.resolve("certified.json"));

        // one file for each of the first digits, and instances.csv
        double[][] first = x.castTo(DataType.DOUBLE).toDoubleMatrix();
        List<Path> files = new RobustnessInstances(10, PIXELS, DataType.FLOAT)
                .write(
                        folder,
                        "network.onnx",
                        Arrays.copyOf(first, 5),
                        Arrays.copyOf(labels, 5),
                        new double[] {0.02},
                        60);
        VnnLibVerifier verifier = VnnLibVerifier.of(graph).largestBoxes(1).build();
        List<String> answers = new ArrayList<>();
        for (Path file : files) {
            answers.add(verifier.verify(VnnLibReader.read(file)).answer());
        }
        return new Outcome(report, answers);
    }

    private static SameDiff train(double lambda, MnistData mnist) {
        ShuffledBatches batches = new ShuffledBatches(mnist.train().first(3_000), 10, 64, 1);
        SameDiff sd = E01_AddAPenalty.network();
        if (lambda > 0) {
            RegularizedGraph penalised =
                    JacobianRegularizer.frobenius(sd).lambda(lambda).attach();
            sd.fit(batches, 5);
            penalised.detach();
        } else {
            sd.fit(batches, 5);
        }
        return sd;
    }

    /**
     * Prints the curve with and without the penalty.
     *
     * @param args not used
     * @throws IOException if digits cannot be read or files not written
     */
    public static void main(String[] args) throws IOException {
        BackendCheck.of(E01_AddAPenalty.network()).withGradients().run().require(); // ND4J itself may be faulty
        Path folder = Files.createTempDirectory("certified");
        for (double lambda : new double[] {0, 0.01}) {
            Outcome outcome = certify(lambda, folder);
            System.out.println("lambda " + lambda + ": " + outcome.report());
            System.out.println("first digits at 0.02: " + outcome.answers());
        }
        System.out.println("JSON and VNN-LIB: " + folder);
    }
}
