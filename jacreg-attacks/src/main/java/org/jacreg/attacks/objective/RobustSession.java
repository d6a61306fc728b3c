package org.jacreg.attacks.objective;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.Labels;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphProbe;
import org.jacreg.graph.SubgraphCopy;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.LossReplacement;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A run of training with a {@link RobustLoss}: attacks every batch before its step. */
final class RobustSession implements Objective.Session {

    private final RobustLoss loss;
    private final GraphModel model;
    private final Classifier classifier;
    private final DataType logitsType;
    private final InnerSearch search;
    private final LossReplacement terms;

    private RobustSession(RobustLoss loss, GraphModel model, Classifier classifier, LossReplacement terms) {
        this.loss = loss;
        this.model = model;
        this.classifier = classifier;
        this.logitsType = model.sameDiff().getVariable(model.logits()).dataType();
        this.search = new InnerSearch(loss.attack(), classifier);
        this.terms = terms;
    }

    static RobustSession start(SameDiff graph, RobustLoss loss) {
        return LossReplacement.start(graph, hadGradients -> {
            GraphModel model = loss.names().in(graph);
            Classifier classifier = ModelNames.classifier(model, loss.attack().box());
            loss.helper().ifPresent(helper -> helper.requireSameTask(classifier));
            SubgraphCopy copy = SubgraphCopy.of(model);
            copy.verify(GraphProbe.run(model, null));
            Branches branches =
                    new Branches(model, copy, classifier, loss.gair().isPresent());
            LossReplacement terms = LossReplacement.of(
                    loss.name(),
                    model,
                    hadGradients,
                    () -> loss.terms().stream()
                            .map(term -> term.emitNamed(branches))
                            .toList());
            return new RobustSession(loss, model, classifier, terms);
        });
    }

    @Override
    public Map<String, INDArray> prepare(TrainingBatch batch) {
        INDArray x = batch.array(model.input(), loss.name());
        INDArray targets =
                QuietOps.call(() -> targets(batch.array(model.label().orElseThrow(), loss.name()), (int) x.size(0)));
        AttackedBatch found = attacked(x, targets, batch.iteration());
        Map<String, INDArray> values = new HashMap<>(batch.placeholders());
        values.put(Branches.ATTACKED, found.points());
        values.put(Branches.TARGETS, targets);
        loss.helper().ifPresent(helper -> QuietOps.call(() -> addHelper(helper, x, found.points(), values)));
        loss.gair()
                .ifPresent(gair -> values.put(
                        Branches.WEIGHTS, weights(gair, found.survival().counts(), batch.epoch())));
        return values;
    }

    /** Labels as distributions {@code [N, C]}. */
    private INDArray targets(INDArray labels, int samples) {
        int classes = classifier.classes();
        boolean rows = labels.rank() == 2 && labels.size(1) == classes;
        INDArray targets;
        if (rows && !loss.needsClass()) {
            targets = Rows.distributions(labels).castTo(logitsType);
        } else {
            try {
                targets = Rows.oneHot(Labels.indices(labels, classes), classes, logitsType);
            } catch (IllegalArgumentException e) {
                String why =
                        loss.needsClass() ? loss.name() + " weighs samples by the probability of their class: " : "";
                throw new IllegalArgumentException(why + e.getMessage(), e);
            }
        }
        if (targets.size(0) != samples) {
            throw new IllegalArgumentException("labels: expected one for each of " + samples + " samples, got shape "
                    + Arrays.toString(labels.shape()));
        }
        return targets;
    }

    /**
     * Attacks the batch. If the network's answers are not finite at the batch itself, there is nothing to attack: the batch goes
     * on as it is, and the trainer does with its loss what it is set to do.
     */
    private AttackedBatch attacked(INDArray x, INDArray targets, int iteration) {
        try {
            return search.run(x, targets, iteration, loss.gair().isPresent());
        } catch (ArithmeticException e) {
            boolean finite = Arrays.stream(Rows.of(classifier.logits(x)))
                    .flatMapToDouble(Arrays::stream)
                    .allMatch(Double::isFinite);
            if (finite) {
                throw e;
            }
            return new AttackedBatch(x, new Survival(targets));
        }
    }

    private boolean addHelper(HelperExamples helper, INDArray x, INDArray attacked, Map<String, INDArray> values) {
        INDArray beyond = attacked.sub(x).muli(helper.distance()).addi(x);
        int[] classes = Rows.greatest(helper.teacher().logits(attacked));
        values.put(Branches.HELPER, beyond);
        values.put(Branches.HELPER_TARGETS, Rows.oneHot(classes, classifier.classes(), logitsType));
        return true;
    }

    private INDArray weights(GairWeights gair, int[] survived, int epoch) {
        double[] weights = gair.of(survived, loss.attack().steps(), epoch);
        double[][] column = new double[weights.length][];
        Arrays.setAll(column, n -> new double[] {weights[n]});
        return Rows.array(column, logitsType);
    }

    @Override
    public void close() {
        terms.close();
    }
}
