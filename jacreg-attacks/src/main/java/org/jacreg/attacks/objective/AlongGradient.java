package org.jacreg.attacks.objective;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.SubgraphCopy;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.LossReplacement;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A run of training with a term beside the graph's losses that compares the network at the input with that at points moved along the
 * gradient of each sample's cross-entropy. The points are fed: no gradient runs through them.
 */
final class AlongGradient implements Objective.Session {

    private final Settings settings;
    private final GraphModel model;
    private final Classifier classifier;
    private final LossReplacement terms;

    /**
     * What is compared.
     *
     * @param who the objective's name, for messages
     * @param names of the graph's variables
     * @param direction in which points are moved
     * @param distance how far
     * @param bothWays whether the term takes a point moved the other way, too
     * @param term makes the term
     */
    record Settings(
            String who,
            ModelNames names,
            Direction direction,
            double distance,
            boolean bothWays,
            Function<GraphModel, LossTerm> term) {}

    private AlongGradient(Settings settings, GraphModel model, Classifier classifier, LossReplacement terms) {
        this.settings = settings;
        this.model = model;
        this.classifier = classifier;
        this.terms = terms;
    }

    static AlongGradient start(SameDiff graph, Settings settings) {
        return LossReplacement.start(graph, hadGradients -> start(graph, settings, hadGradients));
    }

    private static AlongGradient start(SameDiff graph, Settings settings, boolean hadGradients) {
        GraphModel model = settings.names().in(graph);
        Classifier classifier = ModelNames.classifier(model, InputBox.unbounded());
        SubgraphCopy copy = SubgraphCopy.of(model);
        copy.verify(GraphProbe.run(model, null));
        Branches branches = new Branches(model, copy, classifier, false);
        LossTerm term = settings.term().apply(model);
        LossReplacement terms =
                LossReplacement.beside(settings.who(), model, hadGradients, () -> term.emitNamed(branches));
        return new AlongGradient(settings, model, classifier, terms);
    }

    @Override
    public Map<String, INDArray> prepare(TrainingBatch batch) {
        INDArray x = batch.floatingPoint(model.input(), settings.who());
        INDArray labels = batch.array(model.label().orElseThrow(), settings.who());
        INDArray targets = QuietOps.call(() -> Fed.targets(
                labels,
                (int) x.size(0),
                classifier.classes(),
                model.sameDiff().getVariable(model.logits()).dataType()));
        INDArray gradient = classifier.crossEntropySteps(targets).at(x).gradient();
        INDArray direction = QuietOps.call(() -> directions(gradient));
        Map<String, INDArray> values = new HashMap<>(batch.placeholders());
        values.put(Branches.TARGETS, targets);
        values.put(Branches.ATTACKED, QuietOps.call(() -> x.add(direction)));
        if (settings.bothWays()) {
            values.put(Branches.HELPER, QuietOps.call(() -> x.sub(direction)));
        }
        return values;
    }

    /** Of the length of the settings, in the type of the gradients. */
    private INDArray directions(INDArray gradient) {
        double[][] rows = Rows.of(gradient.dup('c').reshape('c', gradient.size(0), -1));
        for (double[] row : rows) {
            settings.direction().turn(row);
            for (int j = 0; j < row.length; j++) {
                row[j] *= settings.distance();
            }
        }
        return Rows.array(rows, gradient.dataType()).reshape('c', gradient.shape());
    }

    @Override
    public void close() {
        terms.close();
    }
}
