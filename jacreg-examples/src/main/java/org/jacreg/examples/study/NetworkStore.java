package org.jacreg.examples.study;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.runs.RecordJson;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * The trained networks of a study with their risks, in the folder {@code networks}: where measures are added or changed, only they
 * are computed again.
 */
final class NetworkStore {

    private final Path folder;
    private final RecordJson json = new RecordJson();

    NetworkStore(Path study) throws IOException {
        this.folder = Files.createDirectories(study.resolve("networks"));
    }

    /**
     * What is known of a network besides its weights.
     *
     * @param seconds processor time of training
     * @param finalLoss the mean loss of the last pass
     * @param risks measured
     */
    record Facts(double seconds, double finalLoss, Risks risks) {}

    /** A network and what is known of it. */
    record Kept(SameDiff graph, Facts facts) {}

    Optional<Kept> find(StudyGrid.Cell cell) throws IOException {
        Path facts = facts(cell);
        if (!Files.exists(facts)) {
            return Optional.empty();
        }
        return Optional.of(new Kept(SameDiff.load(graph(cell), false), json.read(facts, Facts.class)));
    }

    /** The facts come last: a network without them counts as not there. */
    void keep(StudyGrid.Cell cell, Kept network) throws IOException {
        network.graph().save(graph(cell), false);
        json.write(network.facts(), facts(cell));
    }

    private File graph(StudyGrid.Cell cell) {
        return folder.resolve(cell.fileName() + ".fb").toFile();
    }

    private Path facts(StudyGrid.Cell cell) {
        return folder.resolve(cell.fileName() + ".json");
    }
}
