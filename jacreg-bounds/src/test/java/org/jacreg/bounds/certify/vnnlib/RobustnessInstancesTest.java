package org.jacreg.bounds.certify.vnnlib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class RobustnessInstancesTest {

    private static final InputBox PIXELS = new InputBox(0, 1);

    @Test
    void boxIsTheExactBallCutWithTheInputBoxAndRoundedOutward() {
        Random random = new Random(1);
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            RobustnessInstances instances = new RobustnessInstances(3, PIXELS, type);
            for (int trial = 0; trial < 200; trial++) {
                double x = trial < 4 ? trial % 2 : type == DataType.FLOAT ? random.nextFloat() : random.nextDouble();
                double radius = trial % 5 == 0 ? 0 : 0.3 * random.nextDouble();
                VnnLibProperty.Case only =
                        instances.property(new double[] {x}, 1, radius).cases().get(0);
                BigDecimal low =
                        new BigDecimal(x).subtract(new BigDecimal(radius)).max(BigDecimal.ZERO);
                BigDecimal high = new BigDecimal(x).add(new BigDecimal(radius)).min(BigDecimal.ONE);
                double lower = only.lower().get(0).doubleValue();
                double upper = only.upper().get(0).doubleValue();
                assertThat(new BigDecimal(lower))
                        .isEqualByComparingTo(only.lower().get(0))
                        .isLessThanOrEqualTo(low);
                assertThat(new BigDecimal(upper))
                        .isEqualByComparingTo(only.upper().get(0))
                        .isGreaterThanOrEqualTo(high);
                if (type == DataType.FLOAT) {
                    assertThat((double) (float) lower).isEqualTo(lower);
                    assertThat((double) (float) upper).isEqualTo(upper);
                    assertThat(new BigDecimal(Math.nextUp((float) lower))).isGreaterThan(low);
                    assertThat(new BigDecimal(Math.nextDown((float) upper))).isLessThan(high);
                } else {
                    assertThat(new BigDecimal(Math.nextUp(lower))).isGreaterThan(low);
                    assertThat(new BigDecimal(Math.nextDown(upper))).isLessThan(high);
                }
            }
        }
    }

    @Test
    void anotherOutputThatIsAtLeastTheLabelsIsAViolation() {
        VnnLibProperty property =
                new RobustnessInstances(3, PIXELS, DataType.DOUBLE).property(new double[] {.5, .5}, 1, .25);
        assertThat(property.violatedBy(new double[] {.25, .75}, new double[] {0, 2, 3}))
                .isTrue();
        assertThat(property.violatedBy(new double[] {.25, .75}, new double[] {2, 2, 0}))
                .isTrue();
        assertThat(property.violatedBy(new double[] {.25, .75}, new double[] {1, 2, 1}))
                .isFalse();
        assertThat(property.violatedBy(new double[] {.2, .75}, new double[] {0, 2, 3}))
                .isFalse();
    }

    @Test
    void writesAFileForEverySampleAndRadiusAndTheirList(@TempDir Path folder) throws IOException {
        RobustnessInstances instances = new RobustnessInstances(2, PIXELS, DataType.FLOAT);
        double[][] x = {{.25, 1}, {0, .1f}};
        Path target = folder.resolve("deep/er");
        List<Path> files = instances.write(target, "net.onnx", x, new int[] {0, 1}, new double[] {.1, .2}, 300);
        assertThat(Files.readString(target.resolve("instances.csv"))).isEqualTo("""
                net.onnx,sample_0_radius_0.vnnlib,300
                net.onnx,sample_0_radius_1.vnnlib,300
                net.onnx,sample_1_radius_0.vnnlib,300
                net.onnx,sample_1_radius_1.vnnlib,300
                """);
        assertThat(files).hasSize(4);
        assertThat(VnnLibReader.read(files.get(3))).isEqualTo(instances.property(x[1], 1, .2));
        assertThat(VnnLibReader.read(files.get(0))).isEqualTo(instances.property(x[0], 0, .1));
        assertThat(Files.readString(files.get(0)))
                .contains("; sample 0, class 0, l_inf radius 0.1")
                .contains("(assert (<= X_1 1))")
                .contains("(assert (<= Y_0 Y_1))");
    }

    @Test
    void refusesWhatIsNoInstance(@TempDir Path folder) {
        RobustnessInstances instances = new RobustnessInstances(2, PIXELS, DataType.FLOAT);
        double[] x = {.5};
        assertThatIllegalArgumentException().isThrownBy(() -> new RobustnessInstances(1, PIXELS, DataType.FLOAT));
        assertThatIllegalArgumentException().isThrownBy(() -> new RobustnessInstances(2, PIXELS, DataType.BOOL));
        assertThatIllegalArgumentException().isThrownBy(() -> instances.property(x, 2, .1));
        assertThatIllegalArgumentException().isThrownBy(() -> instances.property(x, 0, Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> instances.property(x, 0, -.1));
        assertThatIllegalArgumentException().isThrownBy(() -> instances.property(new double[] {Double.NaN}, 0, .1));
        assertThatIllegalArgumentException().isThrownBy(() -> instances.property(new double[] {1.5}, 0, .1));
        assertThatIllegalArgumentException().isThrownBy(() -> instances.property(new double[0], 0, .1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RobustnessInstances(2, InputBox.unbounded(), DataType.FLOAT)
                        .property(new double[] {1e300}, 0, .1))
                .withMessageContaining("FLOAT");
        double[][] all = {x};
        double[] radii = {.1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> instances.write(folder, "a,b.onnx", all, new int[1], radii, 1))
                .withMessageContaining("commas");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> instances.write(folder, "a.onnx", all, new int[2], radii, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> instances.write(folder, "a.onnx", all, new int[1], radii, 0));
    }
}
