package org.jacreg.examples.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.GapReport;
import org.jacreg.examples.gaps.Risks;

/**
 * One network, trained and measured.
 *
 * @param cell which of the grid
 * @param seconds processor time of training
 * @param finalLoss the mean loss of the last pass, penalty or attack included
 * @param gaps measured gaps and what theorems say of them
 * @param measures of the network and its training digits, by name
 */
public record StudyRun(
        StudyGrid.Cell cell, double seconds, double finalLoss, GapReport gaps, Map<String, Double> measures) {

    /** Copies the map. */
    public StudyRun {
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }

    Risks risks() {
        return gaps.risks();
    }

    BoundFigure bound(String name) {
        return gaps.bound(name);
    }
}
