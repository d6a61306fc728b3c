package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.gaps.BoundFigure;
import org.jacreg.examples.gaps.GapBounds;
import org.jacreg.examples.gaps.NetMeasures;
import org.jacreg.examples.gaps.Risks;
import org.jacreg.examples.gaps.Threat;
import org.jacreg.examples.gaps.TrainedNet;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * What is computed of a network besides its risks. Values of bounds count among the measures: they may go with a gap though they are
 * far above it.
 *
 * @param measures by name, always the same names in the same order
 * @param bounds what theorems say
 */
record StudyMeasures(Map<String, Double> measures, List<BoundFigure> bounds) {

    static StudyMeasures of(
            StudySettings settings,
            StudyGrid.Cell cell,
            SameDiff graph,
            StudyDigits digits,
            Risks risks,
            Threat threat,
            int classes) {
        Classifier model = Classifier.of(graph).bounds(0, 1).build();
        TrainedNet net = TrainedNet.of(graph, model, digits.train());
        List<BoundFigure> bounds = new ArrayList<>(GapBounds.gaps(net, threat, settings.delta()));
        bounds.addAll(GapBounds.errors(net, settings.delta()));
        bounds.addAll(GapBounds.robustErrors(net, threat, settings.delta()));
        SameDiff initial = StudyTraining.network(settings, digits.train().dimension(), classes, cell.seed());
        Map<String, Double> measures =
                new LinkedHashMap<>(NetMeasures.of(graph, initial, net, digits.train(), risks, cell.seed()));
        bounds.forEach(bound -> addBound(measures, bound));
        return new StudyMeasures(measures, bounds);
    }

    /** Vacuous bounds are cut at what is known anyway; what tells them apart is the formula before the cut. */
    private static void addBound(Map<String, Double> measures, BoundFigure bound) {
        measures.put("bound of " + bound.name(), bound.value());
        bound.part("uncut").ifPresent(value -> measures.put(bound.name() + ": uncut", value));
        // Those of the other gaps differ by constant factors.
        if (bound.name().equals(GapBounds.LINF)) {
            for (String formula : List.of("R(loss), closed form", "R(Jacobian), closed form")) {
                bound.part(formula).ifPresent(value -> measures.put(formula, value));
            }
        }
    }
}
