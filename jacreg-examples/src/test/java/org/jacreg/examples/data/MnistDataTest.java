package org.jacreg.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistDataTest {

    private static final byte[] PIXELS = {10, 20, 30, 40, 50, 60, 70, 80};

    @TempDir
    Path folder;

    @Test
    void bundledDigitsAreAllThere() throws IOException {
        MnistData data = MnistData.bundled();

        assertThat(data.classes()).isEqualTo(10);
        assertThat(data.train().count()).isEqualTo(60_000);
        assertThat(data.test().count()).isEqualTo(10_000);
        assertThat(data.train().dimension()).isEqualTo(784);
        // Class counts as published for MNIST.
        assertThat(data.train().histogram(10))
                .containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
        assertThat(data.test().histogram(10)).containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
        // Taken with sha256sum from the four files before they were compressed.
        assertThat(data.sha256())
                .containsEntry(
                        "train-images-idx3-ubyte.gz",
                        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db")
                .containsEntry(
                        "train-labels-idx1-ubyte.gz",
                        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")
                .containsEntry(
                        "t10k-images-idx3-ubyte.gz", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7")
                .containsEntry(
                        "t10k-labels-idx1-ubyte.gz",
                        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");
    }

    @Test
    void pixelsAreScaledToTheUnitInterval() {
        LabelledImages images = LabelledImages.of(1, 3, new byte[] {0, (byte) 255, 51}, new byte[] {4});

        // 51 / 255 = 0.2; float arithmetic, hence a few ulp of 0.2.
        assertThat(images.allFeatures().toFloatVector()[0]).isZero();
        assertThat(images.allFeatures().toFloatVector()[1]).isEqualTo(1f);
        assertThat((double) images.allFeatures().toFloatVector()[2]).isCloseTo(0.2, within(1e-7));
    }

    @Test
    void takesEveryUsualFileName() throws IOException {
        Files.write(folder.resolve("train-images.idx3-ubyte"), IdxBytes.images(2, 2, 2, PIXELS));
        Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), IdxBytes.gzip(IdxBytes.labels((byte) 0, (byte) 1)));
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), IdxBytes.images(2, 2, 2, PIXELS));
        Files.write(folder.resolve("t10k-labels.idx1-ubyte.gz"), IdxBytes.labels((byte) 2, (byte) 1));

        MnistData data = MnistData.fromDirectory(folder);

        assertThat(data.classes()).isEqualTo(3);
        assertThat(data.test().labels(data.test().all())).containsExactly(2, 1);
        assertThat(data.source()).isEqualTo(folder.toString());
    }

    @Test
    void refusesFewerLabelsThanImages() throws IOException {
        write(2, 2, IdxBytes.labels((byte) 0));

        assertThatThrownBy(() -> MnistData.fromDirectory(folder))
                .isInstanceOf(IdxFormatException.class)
                .hasMessageContaining(
                        "train-labels-idx1-ubyte: holds 1 labels, but train-images-idx3-ubyte holds 2 images");
    }

    @Test
    void refusesTestImagesOfAnotherSize() throws IOException {
        write(4, 1, IdxBytes.labels((byte) 0, (byte) 1));

        assertThatThrownBy(() -> MnistData.fromDirectory(folder))
                .isInstanceOf(IdxFormatException.class)
                .hasMessageContaining("training images are 4 x 1 pixels, test images 2 x 2");
    }

    @Test
    void namesTheFileThatIsMissing() {
        assertThatThrownBy(() -> MnistData.fromDirectory(folder))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("train-images-idx3-ubyte, train-images-idx3-ubyte.gz, train-images.idx3-ubyte");
    }

    @Test
    void refusesAFolderThatIsNone() {
        assertThatThrownBy(() -> MnistData.fromDirectory(folder.resolve("absent")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("absent");
    }

    private void write(int trainRows, int trainColumns, byte[] trainLabels) throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), IdxBytes.images(2, trainRows, trainColumns, PIXELS));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), trainLabels);
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), IdxBytes.images(2, 2, 2, PIXELS));
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), IdxBytes.labels((byte) 2, (byte) 1));
    }
}
