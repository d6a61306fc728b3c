package org.jacreg.examples.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The data of a run.
 *
 * @param source where the files came from
 * @param rows the height of an image
 * @param columns the width of an image
 * @param classes the number of classes
 * @param trainUsed the training images used
 * @param trainAvailable the training images in the files
 * @param testUsed the test images used
 * @param testAvailable the test images in the files
 * @param sha256 the hash of each file's raw bytes, by file name
 */
public record DataSummary(
        String source,
        int rows,
        int columns,
        int classes,
        int trainUsed,
        int trainAvailable,
        int testUsed,
        int testAvailable,
        Map<String, String> sha256) {

    /** Copies the map. */
    public DataSummary {
        sha256 = Collections.unmodifiableMap(new LinkedHashMap<>(sha256));
    }
}
