package org.jacreg.examples.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.ExamSample;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.gaps.Threat;
import org.nd4j.autodiff.samediff.SameDiff;

/** What is computed of a network besides its risks. */
final class StudyMeasures {

    private final StudySettings settings;
    private final Threat threat;
    private final long seed;

    StudyMeasures(StudySettings settings, Threat threat, long seed) {
        this.settings = settings;
        this.threat = threat;
        this.seed = seed;
    }

    /** By name, always the same names in the same order. */
    Map<String, Double> measures(SameDiff graph, Risks risks, ExamSample seen) {
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("mean ||J||_F", risks.frobenius().train());
        measures.put("mean ||J||_1,1", risks.l11().train());
        return measures;
    }

    List<BoundFigure> bounds(SameDiff graph, LabelledImages train) {
        return List.of();
    }
}
