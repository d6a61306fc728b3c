package org.jacreg.training;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Checkpoints on disk: a zip file with the history in one entry and the arrays, in ND4J's own format, in five. The zip's
 * checksums find what is cut off or damaged.
 */
final class CheckpointFile {

    private static final String HISTORY = "jacreg-training-2";
    private static final String WEIGHTS = "weights";
    private static final String UPDATER = "updater";
    private static final String BEST = "best-weights";
    private static final String AVERAGES = "averages";
    private static final String OBJECTIVE = "objective";

    private CheckpointFile() {}

    /** Replaces the file in one step: whoever reads it sees the old one or the new one. */
    static void write(Path file, CheckpointState state) {
        Path target = file.toAbsolutePath();
        try {
            Path fresh = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".new");
            try {
                writeTo(fresh, state);
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the checkpoint " + file, e);
        }
    }

    private static void writeTo(Path file, CheckpointState state) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
            ZipOutputStream zip = new ZipOutputStream(out);
            // Weights hardly compress.
            zip.setLevel(Deflater.NO_COMPRESSION);
            zip.putNextEntry(new ZipEntry(HISTORY));
            DataOutputStream data = new DataOutputStream(zip);
            HistoryCodec.write(data, state);
            data.flush();
            writeArrays(zip, WEIGHTS, state.weights());
            writeArrays(zip, UPDATER, state.updaterState());
            writeArrays(zip, BEST, state.best());
            writeArrays(zip, AVERAGES, state.averages().arrays());
            writeArrays(zip, OBJECTIVE, state.objective());
            zip.finish();
            out.flush();
            // On the disk before the old file goes.
            channel.force(true);
        }
    }

    private static void writeArrays(ZipOutputStream zip, String entry, Map<String, INDArray> arrays)
            throws IOException {
        zip.putNextEntry(new ZipEntry(entry));
        DataOutputStream data = new DataOutputStream(zip);
        data.writeInt(arrays.size());
        for (Map.Entry<String, INDArray> array : arrays.entrySet()) {
            data.writeUTF(array.getKey());
            Nd4j.write(array.getValue().dup('c'), data);
        }
        data.flush();
    }

    /**
     * Reads a checkpoint.
     *
     * @throws IllegalArgumentException if the file is no checkpoint, or damaged
     */
    static CheckpointState read(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Map<String, INDArray> weights = readArrays(zip, file, WEIGHTS);
            Map<String, INDArray> updater = readArrays(zip, file, UPDATER);
            Map<String, INDArray> best = readArrays(zip, file, BEST);
            Map<String, INDArray> averages = readArrays(zip, file, AVERAGES);
            // Files from before objectives had a state lack the entry.
            Map<String, INDArray> objective =
                    zip.getEntry(OBJECTIVE) == null ? Map.of() : readArrays(zip, file, OBJECTIVE);
            try (DataInputStream data = open(zip, file, HISTORY)) {
                return HistoryCodec.read(data, weights, updater, best, averages, objective);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read the checkpoint " + file + ": it is damaged, or no checkpoint of a RobustTrainer", e);
        }
    }

    private static DataInputStream open(ZipFile zip, Path file, String entry) throws IOException {
        ZipEntry found = zip.getEntry(entry);
        if (found == null) {
            throw new IllegalArgumentException(
                    file + " is no checkpoint of this version of RobustTrainer: it has no entry '" + entry + "'");
        }
        return new DataInputStream(zip.getInputStream(found));
    }

    private static Map<String, INDArray> readArrays(ZipFile zip, Path file, String entry) throws IOException {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        try (DataInputStream data = open(zip, file, entry)) {
            int count = data.readInt();
            for (int i = 0; i < count; i++) {
                String name = data.readUTF();
                arrays.put(name, Nd4j.read(data));
            }
        }
        return arrays;
    }
}
