package org.jacreg.bounds.certify.vnnlib;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Robustness of a classifier as VNN-LIB: in the part of an l_inf ball that lies in the input box, no other class's output is at least the
 * label's. A tie is a violation.
 *
 * <p>Bounds are {@code x - r} and {@code x + r} in exact arithmetic, cut with the box, and rounded outward to the network's type; they are
 * written with all their digits, so that every reader gets the same box, and a proof over it is one over the ball.
 *
 * @param classes the number of outputs
 * @param box the inputs that are meaningful
 * @param type the type of the network's inputs, {@code FLOAT} or {@code DOUBLE}
 */
public record RobustnessInstances(int classes, InputBox box, DataType type) {

    /**
     * Checks the arguments.
     *
     * @param classes the number of outputs
     * @param box the inputs that are meaningful
     * @param type the type of the network's inputs
     * @throws IllegalArgumentException if there are fewer than two classes, or the type is another
     */
    public RobustnessInstances {
        if (classes < 2 || (type != DataType.FLOAT && type != DataType.DOUBLE)) {
            throw new IllegalArgumentException("robustness instances: got " + classes + " classes and type " + type
                    + ", wanted at least 2 classes and FLOAT or DOUBLE");
        }
    }

    /**
     * The property of one sample.
     *
     * @param x the sample; not modified
     * @param label its class
     * @param radius the radius, nonnegative
     * @return the property: violated if the label does not win everywhere
     * @throws IllegalArgumentException if the sample is empty, not finite or outside of the box, or label or radius are none
     */
    public VnnLibProperty property(double[] x, int label, double radius) {
        if (label < 0 || label >= classes || !(radius >= 0 && radius < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("robustness instance: got label " + label + " and radius " + radius
                    + ", wanted a class below " + classes + " and a nonnegative finite radius");
        }
        List<BigDecimal> lower = new ArrayList<>();
        List<BigDecimal> upper = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            if (!(Math.abs(x[i]) < Double.POSITIVE_INFINITY) || !box.contains(x[i])) {
                throw new IllegalArgumentException("robustness instance: the sample has " + x[i] + " at index " + i
                        + ", wanted finite numbers in " + box);
            }
            BigDecimal centre = new BigDecimal(x[i]);
            BigDecimal low = centre.subtract(new BigDecimal(radius));
            BigDecimal high = centre.add(new BigDecimal(radius));
            lower.add(down(box.lower() > Double.NEGATIVE_INFINITY ? low.max(new BigDecimal(box.lower())) : low));
            upper.add(down(box.upper() < Double.POSITIVE_INFINITY
                            ? high.min(new BigDecimal(box.upper())).negate()
                            : high.negate())
                    .negate());
        }
        List<List<OutputConstraint>> rivals = new ArrayList<>();
        for (int j = 0; j < classes; j++) {
            if (j != label) {
                rivals.add(List.of(OutputConstraint.atMost(label, j)));
            }
        }
        return new VnnLibProperty(x.length, classes, List.of(new VnnLibProperty.Case(lower, upper, rivals)));
    }

    private BigDecimal down(BigDecimal value) {
        double rounded = type == DataType.FLOAT ? Decimals.floatDown(value) : Decimals.down(value);
        if (Double.isInfinite(rounded)) {
            throw new IllegalArgumentException(
                    "robustness instance: the ball reaches beyond the largest number of type " + type);
        }
        return new BigDecimal(rounded);
    }

    /**
     * Writes a file for every sample and radius, {@code sample_<n>_radius_<k>.vnnlib}, and {@code instances.csv} with a line {@code
     * onnx,vnnlib,timeout} for each. Files of these names are replaced.
     *
     * @param folder where to; made if it is absent
     * @param onnx the network's file, as {@code instances.csv} is to name it
     * @param x the samples, one a row; not modified
     * @param labels their classes; not modified
     * @param radii the radii; not modified
     * @param timeoutSeconds the time that a verifier is given for each, positive
     * @return the property files, in the order of {@code instances.csv}: sample by sample, radius by radius
     * @throws IOException if writing fails
     * @throws IllegalArgumentException if there are not as many labels as samples, a sample, label or radius is none, the time is not
     *     positive, or the network's name has a comma, a quote or a line's end
     */
    public List<Path> write(Path folder, String onnx, double[][] x, int[] labels, double[] radii, double timeoutSeconds)
            throws IOException {
        boolean plain = !onnx.isBlank() && onnx.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        if (!plain || labels.length != x.length || !(timeoutSeconds > 0 && timeoutSeconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("robustness instances: got network '" + onnx + "', " + x.length
                    + " samples, " + labels.length + " labels and " + timeoutSeconds
                    + " seconds, wanted a name without commas, quotes and line ends, equally many samples and labels, and a"
                    + " positive time");
        }
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        StringBuilder instances = new StringBuilder();
        for (int n = 0; n < x.length; n++) {
            for (int k = 0; k < radii.length; k++) {
                Path file = folder.resolve("sample_" + n + "_radius_" + k + ".vnnlib");
                VnnLibWriter.write(property(x[n], labels[n], radii[k]), comment(n, labels[n], radii[k]), file);
                files.add(file);
                instances.append(onnx).append(',').append(file.getFileName()).append(',');
                instances.append(seconds(timeoutSeconds)).append('\n');
            }
        }
        Files.writeString(folder.resolve("instances.csv"), instances, StandardCharsets.UTF_8);
        return files;
    }

    private String comment(int n, int label, double radius) {
        return "sample " + n + ", class " + label + ", l_inf radius " + radius + ", inputs in [" + box.lower() + ", "
                + box.upper() + "]\nviolated if another output is at least Y_" + label;
    }

    private static String seconds(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }
}
