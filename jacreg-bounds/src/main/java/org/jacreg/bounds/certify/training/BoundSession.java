package org.jacreg.bounds.certify.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.classifier.InputBox;
import org.jacreg.graph.GraphModel;
import org.jacreg.runtime.QuietOps;
import org.jacreg.training.LossReplacement;
import org.jacreg.training.LossReplacement.NamedTerm;
import org.jacreg.training.ModelNames;
import org.jacreg.training.Objective;
import org.jacreg.training.TrainingBatch;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A run of training with bounds over a box around every sample in the graph. The box and the weights are fed, step by step. */
final class BoundSession implements Objective.Session {

    static final String LOWER = LossReplacement.SCOPE + "/input_lower";
    static final String UPPER = LossReplacement.SCOPE + "/input_upper";
    static final String KAPPA = LossReplacement.SCOPE + "/kappa";
    static final String MARGINS = LossReplacement.SCOPE + "/margins";
    static final String BETA = LossReplacement.SCOPE + "/beta";

    private final Settings settings;
    private final GraphModel model;
    private final int classes;
    private final DataType type;
    private final LossReplacement terms;

    /**
     * What is trained.
     *
     * @param who the objective's name
     * @param epsilon the radius in l_inf
     * @param box the inputs that are meaningful
     * @param ramp when the radius and the weights grow
     * @param kappa the weight of the cross-entropy at the samples
     * @param beta the weight of interval margins beside relaxed ones; without it there are only interval margins
     * @param names of the graph's variables
     */
    record Settings(
            String who,
            double epsilon,
            InputBox box,
            Ramp ramp,
            Weight kappa,
            Optional<Weight> beta,
            ModelNames names) {}

    private BoundSession(Settings settings, BoundedNetwork network, LossReplacement terms) {
        this.settings = settings;
        this.model = network.model();
        this.classes = network.classes();
        this.type = network.graph().getVariable(model.logits()).dataType();
        this.terms = terms;
    }

    static BoundSession start(SameDiff graph, Settings settings) {
        return LossReplacement.start(graph, hadGradients -> {
            GraphModel model = settings.names().in(graph);
            Inputs.check(model, settings.who());
            BoundedNetwork network = BoundedNetwork.of(model);
            network.check(settings.who(), settings.beta().isPresent() ? RelaxedMargins.obstacles(network) : List.of());
            LossReplacement terms =
                    LossReplacement.of(settings.who(), model, hadGradients, () -> emit(network, settings));
            return new BoundSession(settings, network, terms);
        });
    }

    private static List<NamedTerm> emit(BoundedNetwork network, Settings settings) {
        SameDiff sd = network.graph();
        GraphModel model = network.model();
        SDVariable input = sd.getVariable(model.input());
        SDVariable logits = sd.getVariable(model.logits());
        long[] shape = network.probe().spec(model.input()).toArray();
        Interval box = Interval.ofEnds(
                sd.placeHolder(LOWER, input.dataType(), shape), sd.placeHolder(UPPER, input.dataType(), shape));
        Map<String, Interval> bounds = network.emit(box);
        ClassPairs pairs = new ClassPairs(model, network.classes());
        SDVariable margins = IntervalMargins.emit(network, bounds, pairs);
        if (settings.beta().isPresent()) {
            SDVariable beta = sd.placeHolder(BETA, logits.dataType());
            margins = margins.mul(beta)
                    .add(relaxed(network, bounds, box, pairs, logits).mul(beta.rsub(1)));
        }
        margins = sd.identity("margins", margins);
        SDVariable kappa = sd.placeHolder(KAPPA, logits.dataType());
        return List.of(
                new NamedTerm("clean", pairs.crossEntropy(logits).mul(kappa)),
                new NamedTerm("worst", pairs.crossEntropy(margins.neg()).mul(kappa.rsub(1))));
    }

    private static SDVariable relaxed(
            BoundedNetwork network, Map<String, Interval> bounds, Interval box, ClassPairs pairs, SDVariable logits) {
        SDVariable nominal = pairs.ofTrueClass(pairs.differencesOf(logits));
        INDArray samples = network.probe().sampleBatch().get(network.model().input());
        int count = network.probe().sampleBatchSize();
        Map<String, INDArray> fed = Map.of(
                LOWER,
                samples,
                UPPER,
                samples,
                ClassPairs.MASK,
                ClassPairs.mask(new int[count], network.classes(), logits.dataType()));
        return RelaxedMargins.emit(network, bounds, box, nominal, fed);
    }

    @Override
    public Map<String, INDArray> prepare(TrainingBatch batch) {
        return QuietOps.call(() -> fed(batch));
    }

    private Map<String, INDArray> fed(TrainingBatch batch) {
        INDArray x = batch.floatingPoint(model.input(), settings.who());
        Inputs.requireInside(x, settings.box(), model.input(), settings.who());
        int[] labels = Inputs.labels(batch, model, classes, settings.who());
        // validation is measured where the ramp leads to, so that its numbers compare
        int iteration = batch.training() ? batch.iteration() : Integer.MAX_VALUE;
        double epsilon = settings.ramp().between(0, settings.epsilon(), iteration);
        Map<String, INDArray> values = new HashMap<>(batch.placeholders());
        values.put(LOWER, clipped(x.sub(epsilon)));
        values.put(UPPER, clipped(x.add(epsilon)));
        values.put(ClassPairs.TARGETS, ClassPairs.targets(labels, classes, type));
        values.put(ClassPairs.MASK, ClassPairs.mask(labels, classes, type));
        values.put(KAPPA, Nd4j.scalar(type, at(settings.kappa(), iteration)));
        settings.beta().ifPresent(beta -> {
            values.put(BETA, Nd4j.scalar(type, at(beta, iteration)));
            values.put(RelaxedMargins.SEED, RelaxedMargins.seed(labels, classes, type));
        });
        return values;
    }

    private double at(Weight weight, int iteration) {
        return settings.ramp().between(weight.from(), weight.to(), iteration);
    }

    /** Cut to the box, in place. */
    private INDArray clipped(INDArray ends) {
        double lower = settings.box().lower();
        double upper = settings.box().upper();
        INDArray cut = lower == Double.NEGATIVE_INFINITY ? ends : Transforms.max(ends, lower, false);
        return upper == Double.POSITIVE_INFINITY ? cut : Transforms.min(cut, upper, false);
    }

    @Override
    public void close() {
        terms.close();
    }
}
