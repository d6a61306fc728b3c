package org.jacreg.examples.runs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The runs of an experiment on disk: {@code settings.json}, {@code runs/*.json} with one run each, and what else the experiment {@linkplain
 * #write writes}. A run being made is locked by its process; the system takes the lock back when the process ends, however it ends.
 *
 * @param <R> a run: a record that JSON can hold
 */
public final class RunFolder<R> {

    private final Path folder;
    private final Class<R> type;
    private final RecordJson json = new RecordJson();

    private RunFolder(Path folder, Class<R> type) {
        this.folder = folder;
        this.type = type;
    }

    /**
     * Opens a folder, making it if it is absent.
     *
     * @param <R> a run
     * @param folder the folder
     * @param settings a record of all that its runs agree in
     * @param type the class of a run
     * @return the folder
     * @throws IOException if reading or writing fails
     * @throws IllegalArgumentException if the folder holds runs of other settings
     */
    public static <R> RunFolder<R> open(Path folder, Record settings, Class<R> type) throws IOException {
        RunFolder<R> opened = new RunFolder<>(folder, type);
        Files.createDirectories(opened.runs());
        Path file = folder.resolve("settings.json");
        if (Files.exists(file)) {
            Record found = opened.json.read(file, settings.getClass());
            if (!found.equals(settings)) {
                throw new IllegalArgumentException("--out: " + folder + " holds runs of other settings; found " + found
                        + ", asked for " + settings + "; name another folder, or give the settings it was made with");
            }
        } else {
            opened.json.write(settings, file);
        }
        return opened;
    }

    /**
     * Takes a run, if it is not there yet and no other process makes it.
     *
     * @param name of the run, fit for a file
     * @return the claim, to be closed; empty if there is nothing to do
     * @throws IOException if the folder cannot be written to
     */
    public Optional<Claim> claim(String name) throws IOException {
        Path file = runs().resolve(name + ".json");
        if (Files.exists(file)) {
            return Optional.empty();
        }
        FileChannel channel =
                FileChannel.open(runs().resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null || Files.exists(file)) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new Claim(channel, file));
    }

    /**
     * All runs there are.
     *
     * @return the runs, in no order
     * @throws IOException if one cannot be read
     */
    public List<R> collect() throws IOException {
        List<R> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(runs())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                found.add(json.read(file, type));
            }
        }
        return found;
    }

    /**
     * Writes a record beside the runs, replacing it in one go.
     *
     * @param value the record
     * @param name of the file
     * @throws IOException if writing fails
     */
    public void write(Record value, String name) throws IOException {
        json.write(value, folder.resolve(name));
    }

    private Path runs() {
        return folder.resolve("runs");
    }

    /** A run that is this process's to make. */
    public final class Claim implements AutoCloseable {
        private final FileChannel channel;
        private final Path file;

        private Claim(FileChannel channel, Path file) {
            this.channel = channel;
            this.file = file;
        }

        /**
         * Keeps the run.
         *
         * @param run what was made
         * @throws IOException if writing fails
         */
        public void save(R run) throws IOException {
            json.write(run, file);
        }

        /**
         * Gives the claim back.
         *
         * @throws IOException if the system refuses
         */
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
