package org.jacreg.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;
import org.jacreg.graph.GemmRepair;
import org.jacreg.graph.GraphModel;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.samediff.frameworkimport.onnx.importer.OnnxFrameworkImporter;

/**
 * Example 7: a network that PyTorch trained and wrote as ONNX, read by ND4J's importer and certified.
 *
 * <p>Common mistake: to certify what the importer made of the file. It drops the bias of every dense layer without a word, and the
 * certificates would be about another network: repair the products and compare an output first.
 */
public final class E07_CertifyAnOnnxModel {

    private static final String INPUT = "x";
    private static final String LOGITS = "logits" + GemmRepair.SUFFIX;

    private E07_CertifyAnOnnxModel() {}

    /**
     * What came of it.
     *
     * @param firstLogits of the first test digit
     * @param accuracy on 100 test digits
     * @param certificates the largest radii in l_inf that bisection proved, one a digit
     */
    public record Outcome(List<Double> firstLogits, double accuracy, List<Certificate> certificates) {

        /**
         * The share of digits that are certified.
         *
         * @param radius the radius
         * @return certified accuracy
         */
        public double certifiedAt(double radius) {
            return certificates.stream()
                            .filter(certificate -> certificate.radius() >= radius)
                            .count()
                    / (double) certificates.size();
        }
    }

    /**
     * Reads the file and certifies its network.
     *
     * @return what came of it
     * @throws IOException if the file or the digits cannot be read
     */
    public static Outcome certify() throws IOException {
        SameDiff sd = read("onnx/mnist-784-32-10.onnx");
        GraphModel model = GraphModel.builder(sd).input(INPUT).logits(LOGITS).build();
        LabelledImages test = MnistData.bundled().test().first(100);
        INDArray x = test.allFeatures();
        int[] labels = test.labels(test.all());

        INDArray logits = sd.outputSingle(Map.of(INPUT, x), LOGITS);
        List<Certificate> radii =
                Certifier.of(BoundGraph.of(model)).bounds(0, 1).build().largestRadii(x.toDoubleMatrix(), labels, 0.2);
        int[] predicted = logits.argMax(1).toIntVector();
        int right = 0;
        for (int n = 0; n < labels.length; n++) {
            right += predicted[n] == labels[n] ? 1 : 0;
        }
        List<Double> first =
                DoubleStream.of(logits.getRow(0).toDoubleVector()).boxed().toList();
        return new Outcome(first, right / (double) labels.length, radii);
    }

    /** ND4J's importer reads from the disk, prints, leaves eager mode on and knows nothing of open batches. */
    private static SameDiff read(String resource) throws IOException {
        Path file = Files.createTempFile("network", ".onnx");
        PrintStream console = System.out;
        try (InputStream in =
                Objects.requireNonNull(E07_CertifyAnOnnxModel.class.getResourceAsStream(resource), resource)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            SameDiff sd = new OnnxFrameworkImporter().runImport(file.toString(), Map.of(), true);
            sd.disableEagerMode();
            GemmRepair.in(sd);
            sd.getVariable(INPUT).setShape(-1, 784);
            return sd;
        } finally {
            System.setOut(console);
            Files.delete(file);
        }
    }

    /**
     * Prints certified accuracies.
     *
     * @param args not used
     * @throws IOException if the file or the digits cannot be read
     */
    public static void main(String[] args) throws IOException {
        Outcome outcome = certify();
        System.out.println("accuracy " + outcome.accuracy());
        for (double radius : new double[] {0.01, 0.02, 0.05}) {
            System.out.println("certified within " + radius + ": " + outcome.certifiedAt(radius));
        }
    }
}
