package org.jacreg.examples.comparison;

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
import org.jacreg.examples.result.Environment;

/**
 * The runs of a comparison on disk: {@code settings.json}, {@code runs/*.json} with one run each, and {@code comparison.json}, all of
 * them together. A run being made is locked by its process; the system takes the lock back when the process ends, however it ends.
 */
final class RunFolder {

    private final Path folder;
    private final ComparisonSettings settings;
    private final Environment environment;
    private final ComparisonJson json = new ComparisonJson();

    private RunFolder(Path folder, ComparisonSettings settings, Environment environment) {
        this.folder = folder;
        this.settings = settings;
        this.environment = environment;
    }

    /** Opens a folder; an {@link IllegalArgumentException} says that it holds runs of other settings. */
    static RunFolder open(Path folder, ComparisonSettings settings, Environment environment) throws IOException {
        RunFolder opened = new RunFolder(folder, settings, environment);
        Files.createDirectories(opened.runs());
        Path file = folder.resolve("settings.json");
        if (Files.exists(file)) {
            ComparisonSettings found = opened.json.read(file, ComparisonSettings.class);
            if (!found.equals(settings)) {
                throw new IllegalArgumentException("--out: " + folder + " holds runs of other settings; found " + found
                        + ", asked for " + settings + "; name another folder, or give the settings it was made with");
            }
        } else {
            opened.json.write(settings, file);
        }
        return opened;
    }

    /** Takes a run, if it is not there yet and nobody else makes it. */
    Optional<Claim> claim(Method method, double strength, long seed) throws IOException {
        String name = method.id() + "-" + strength + "-" + seed;
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

    /** All runs there are, also written to {@code comparison.json}. */
    ComparisonResult collect() throws IOException {
        List<MethodRun> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(runs())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                found.add(json.read(file, MethodRun.class));
            }
        }
        ComparisonResult result = new ComparisonResult(ComparisonResult.FORMAT, settings, environment, found);
        json.write(result, folder.resolve("comparison.json"));
        return result;
    }

    private Path runs() {
        return folder.resolve("runs");
    }

    /** A run that is this process's to make. */
    final class Claim implements AutoCloseable {
        private final FileChannel channel;
        private final Path file;

        Claim(FileChannel channel, Path file) {
            this.channel = channel;
            this.file = file;
        }

        void save(MethodRun run) throws IOException {
            json.write(run, file);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
