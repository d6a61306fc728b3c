package org.jacreg.house;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the folder of the parent POM from the module that a test runs in. */
final class HouseRoot {

    private HouseRoot() {}

    static Path find() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("jacreg-bom"))) {
                return folder;
            }
        }
        throw new IllegalStateException("no folder above " + start + " holds jacreg-bom");
    }
}
