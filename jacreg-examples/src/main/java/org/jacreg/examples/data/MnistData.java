package org.jacreg.examples.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Training and test images: the 60,000 + 10,000 digits of MNIST shipped with this module, or one's own idx files.
 *
 * @param train the training images
 * @param test the test images, of the same size as those of {@code train}
 * @param classes {@code C}: one more than the greatest label
 * @param source where the files came from, in words
 * @param sha256 for each file, the hash of its raw bytes in hexadecimal
 */
public record MnistData(
        LabelledImages train, LabelledImages test, int classes, String source, Map<String, String> sha256) {

    private static final String RESOURCES = "/org/jacreg/examples/mnist/";

    /** Copies the map. */
    public MnistData {
        sha256 = Collections.unmodifiableMap(new LinkedHashMap<>(sha256));
    }

    /**
     * Reads the digits shipped as resources of this module.
     *
     * @return all 70,000 digits
     * @throws IOException if the resources are absent or damaged
     */
    public static MnistData bundled() throws IOException {
        return load("MNIST, shipped with jacreg-examples", stem -> {
            String name = stem + ".gz";
            InputStream in = MnistData.class.getResourceAsStream(RESOURCES + name);
            if (in == null) {
                throw new NoSuchFileException(RESOURCES + name, null, "not among the resources on the class path");
            }
            return new Opened(name, in);
        });
    }

    /**
     * Reads four idx files of one's own.
     *
     * <p>Names: {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte}, {@code
     * t10k-labels-idx1-ubyte}, each also with {@code .gz} at its end and with {@code .} in place of the {@code -} before
     * {@code idx}.
     *
     * @param directory the folder that holds them
     * @return what they hold
     * @throws IOException if a file is absent, is not what its name says, or does not fit the others
     */
    public static MnistData fromDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(
                    directory.toString(), null, "expected a directory with the four idx files of MNIST's names");
        }
        return load(directory.toString(), stem -> {
            Path file = find(directory, stem);
            return new Opened(String.valueOf(file.getFileName()), Files.newInputStream(file));
        });
    }

    private static Path find(Path directory, String name) throws IOException {
        List<String> tried = new ArrayList<>();
        for (String stem : List.of(name, name.replace("-idx", ".idx"))) {
            for (String ending : List.of("", ".gz")) {
                Path candidate = directory.resolve(stem + ending);
                if (Files.isRegularFile(candidate)) {
                    return candidate;
                }
                tried.add(stem + ending);
            }
        }
        throw new NoSuchFileException(directory.toString(), null, "expected one of " + String.join(", ", tried));
    }

    private static MnistData load(String source, Opener files) throws IOException {
        Map<String, String> hashes = new LinkedHashMap<>();
        LabelledImages train = read(files, "train", hashes);
        LabelledImages test = read(files, "t10k", hashes);
        if (train.rows() != test.rows() || train.columns() != test.columns()) {
            throw new IdxFormatException(
                    source,
                    "training images are " + train.rows() + " x " + train.columns() + " pixels, test images "
                            + test.rows() + " x " + test.columns() + "; expected the same size");
        }
        int classes = Math.max(train.maxLabel(), test.maxLabel()) + 1;
        if (classes < 2) {
            throw new IdxFormatException(source, "expected at least 2 classes, got only the label 0");
        }
        return new MnistData(train, test, classes, source, hashes);
    }

    private static LabelledImages read(Opener files, String set, Map<String, String> hashes) throws IOException {
        IdxArray images;
        String imagesName;
        try (Opened file = files.open(set + "-images-idx3-ubyte")) {
            imagesName = file.name;
            images = IdxReader.images(file.name, file.in);
            hashes.put(file.name, images.sha256());
        }
        try (Opened file = files.open(set + "-labels-idx1-ubyte")) {
            IdxArray labels = IdxReader.labels(file.name, file.in);
            hashes.put(file.name, labels.sha256());
            if (labels.size(0) != images.size(0)) {
                throw new IdxFormatException(
                        file.name,
                        "holds " + labels.size(0) + " labels, but " + imagesName + " holds " + images.size(0)
                                + " images; expected as many");
            }
            return LabelledImages.of(images.size(1), images.size(2), images.values(), labels.values());
        }
    }

    /** Opens one of the four files, given its usual name without an ending. */
    @FunctionalInterface
    private interface Opener {
        Opened open(String stem) throws IOException;
    }

    /** An open file with the name to call it by. */
    private record Opened(String name, InputStream in) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
