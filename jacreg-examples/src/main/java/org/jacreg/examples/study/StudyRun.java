package org.jacreg.examples.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.Risks;

/**
 * One network, trained and measured.
 *
 * @param cell which of the grid
 * @param seconds processor time of training
 * @param finalLoss the mean loss of the last pass, penalty or attack included
 * @param risks measured on digits trained on and on test digits
 * @param measures of the network and its training digits, by name
 * @param bounds what theorems say
 */
public record StudyRun(
        StudyGrid.Cell cell,
        double seconds,
        double finalLoss,
        Risks risks,
        Map<String, Double> measures,
        List<BoundFigure> bounds) {

    /** Copies. */
    public StudyRun {
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
        bounds = List.copyOf(bounds);
    }
}
