package org.jacreg.attacks.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jacreg.classifier.Classifier;
import org.jacreg.nets.PreparedObjective;
import org.jacreg.nets.SmallNets;
import org.jacreg.training.NonFiniteLossException;
import org.jacreg.training.Objective;
import org.jacreg.training.RobustTrainer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class BadObjectivesTest {

    private static final int CLASSES = 3;

    private final INDArray x = Nets.inputs(DataType.DOUBLE, 1, 4);
    private final INDArray labels = Rows.oneHot(new int[] {0, 1, 2, 0}, CLASSES, DataType.DOUBLE);

    private static Classifier teacher(int classes) {
        return Classifier.of(Nets.mlp(DataType.DOUBLE, classes)).build();
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(parts);
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        refused(() -> Trades.linf(0), "epsilon must be positive");
        refused(() -> Trades.linf(.1).beta(-1).build(), "TRADES: beta", "got -1");
        refused(() -> Trades.linf(.1).beta(Double.NaN).build(), "TRADES: beta", "NaN");
        refused(() -> Mart.linf(.1).beta(Double.POSITIVE_INFINITY).build(), "MART: beta", "Infinity");
        refused(() -> Arow.linf(.1).lambda(-1).build(), "ARoW: lambda");
        refused(() -> Arow.linf(.1).labelSmoothing(1).build(), "ARoW: labelSmoothing", "less than 1, got 1.0");
        refused(() -> Cow.linf(.1).labelSmoothing(-.1).build(), "CoW: labelSmoothing");
        refused(() -> Cow.linf(.1).lambda(Double.NaN).build(), "CoW: lambda");
        refused(() -> Hat.linf(.1, teacher(3)).gamma(-1).build(), "HAT: gamma");
        refused(() -> Hat.linf(.1, teacher(3)).distance(-1).build(), "HAT: distance");
        refused(() -> Hat.linf(.1, teacher(3)).beta(-1).build(), "HAT: beta");
        refused(() -> HatArow.linf(.1, teacher(3)).lambda(-1).build(), "HAT-ARoW: lambda");
        refused(() -> PgdAdversarialTraining.linf(.1).clean(1.5).build(), "PGD-AT: clean must be in [0, 1], got 1.5");
        refused(() -> GairWeights.fromEpoch(-1), "fromEpoch");
        refused(() -> new GairWeights(Double.NaN, 0), "lambda must be finite");
    }

    @Test
    void aTeacherOfAnotherTaskIsRefused() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        refused(() -> Hat.linf(.1, teacher(4)).build().start(sd), "teacher has 4 classes", "3");
        Classifier wide = Classifier.of(Nets.identity(3)).build();
        refused(() -> Hat.linf(.1, wide).build().start(sd), "teacher takes inputs of shape [3]", "[4]");
    }

    @Test
    void aGraphWithoutLabelsIsRefused() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("W", Nd4j.eye(3).castTo(DataType.DOUBLE));
        x.mmul("logits", w);
        refused(() -> Trades.linf(.1).build().start(sd), "label", ".label(");
    }

    @Test
    void probabilitiesAreRefused() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        sd.nn().softmax("p", sd.getVariable("logits"), 1);
        refused(
                () -> Trades.linf(.1).logits("p").label("label").build().start(sd),
                "'p' is a softmax",
                ".logits(\"logits\")");
    }

    @Test
    void aSingleLogitIsRefused() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, 1);
        refused(() -> Trades.linf(.1).build().start(sd), "at least 2 classes");
    }

    @Test
    void labelsHaveToBeClassesWhereTheyAreWeights() {
        INDArray soft = Nd4j.createFromArray(new double[][] {{.9, .1, 0}, {0, 1, 0}, {0, 0, 1}, {.2, .3, .5}});
        for (Objective objective : new Objective[] {
            Mart.linf(.1).build(),
            Arow.linf(.1).build(),
            Cow.linf(.1).build(),
            Trades.linf(.1).gair(GairWeights.fromEpoch(0)).build()
        }) {
            try (Objective.Session session = objective.start(Nets.mlp(DataType.DOUBLE, CLASSES))) {
                refused(
                        () -> session.prepare(PreparedObjective.batch(x, soft, 0)),
                        "probability of their class",
                        "row 0");
            }
        }
        try (PreparedObjective prepared = new PreparedObjective(
                Nets.mlp(DataType.DOUBLE, CLASSES), Trades.linf(.1).build(), x, soft)) {
            assertThat(prepared.loss()).isFinite();
        }
        INDArray withNan = labels.dup();
        withNan.putScalar(0, 1, Double.NaN);
        try (Objective.Session session = Trades.linf(.1).build().start(Nets.mlp(DataType.DOUBLE, CLASSES))) {
            refused(() -> session.prepare(PreparedObjective.batch(x, soft.mul(2), 0)), "row 0", "add up to 1");
            refused(() -> session.prepare(PreparedObjective.batch(x, withNan, 0)), "row 0", "NaN");
        }
    }

    /** Class indices, as the sparse losses take them, train as one-hot rows do. */
    @Test
    void sparseLabelsAreTheSame() {
        int[] classes = {0, 1, 2, 0};
        for (DataType type : new DataType[] {DataType.INT32, DataType.INT64}) {
            SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
            SDVariable sparse = sd.placeHolder("class", type, -1);
            sd.loss().sparseSoftmaxCrossEntropy("sparse", sd.getVariable("logits"), sparse);
            sd.setLossVariables("sparse");
            sd.setTrainingConfig(TrainingConfig.builder()
                    .updater(new Sgd(.1))
                    .dataSetFeatureMapping("x")
                    .dataSetLabelMapping("class")
                    .build());
            SameDiff oneHot = Nets.mlp(DataType.DOUBLE, CLASSES);
            Objective objective = Arow.linf(.1).build();
            INDArray indices = Nd4j.createFromArray(classes).castTo(type);
            RobustTrainer.of(sd)
                    .objective(Arow.linf(.1).label("class").logits("logits").build())
                    .build()
                    .fit(new ViewIterator(new DataSet(x, indices.reshape(4, 1)), 4));
            RobustTrainer.of(oneHot).objective(objective).build().fit(new ViewIterator(new DataSet(x, labels), 4));
            SmallNets.weights(oneHot)
                    .forEach((name, weight) ->
                            assertThat(SmallNets.weights(sd).get(name)).as(name).isEqualTo(weight));
        }
    }

    @Test
    void inputsOutsideTheBoxAreNamed() {
        try (Objective.Session session =
                Trades.linf(.1).attack(a -> a.bounds(0, 1)).build().start(Nets.mlp(DataType.DOUBLE, CLASSES))) {
            refused(() -> session.prepare(PreparedObjective.batch(x.add(5), labels, 0)), "sample 0", "[0.0, 1.0]");
        }
    }

    @Test
    void dataWithoutLabelsIsNamed() {
        SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
        try (Objective.Session session = Trades.linf(.1).build().start(sd)) {
            refused(
                    () -> session.prepare(new org.jacreg.training.TrainingBatch(java.util.Map.of("x", x), 0, 0, true)),
                    "'label'",
                    "dataSetLabelMapping");
        }
    }

    /** The trainer says what it says of every loss that is not finite, whatever the inner attack makes of it. */
    @Test
    void weightsThatAreNotFiniteAreTheTrainersBusiness() {
        for (Objective objective : Objectives.all(CLASSES)) {
            SameDiff sd = Nets.mlp(DataType.DOUBLE, CLASSES);
            sd.getVariable("W2").getArr().putScalar(0, 0, Double.NaN);
            assertThatThrownBy(() -> RobustTrainer.of(sd)
                            .objective(objective)
                            .build()
                            .fit(new ViewIterator(new DataSet(x, labels), 4)))
                    .isInstanceOf(NonFiniteLossException.class)
                    .hasMessageContaining("W2");
            assertThat(sd.getLossVariables()).containsExactly("loss");
        }
    }

    @Test
    void theConfigurationIsShown() {
        assertThat(Trades.linf(.1).beta(3).attack(a -> a.seed(4)).build().toString())
                .startsWith("Trades[")
                .contains("beta=3.0", "linf(0.1)", "steps=10", "stepSize=0.025", "loss=KL", "start=GAUSSIAN", "seed=4");
        assertThat(FastAdversarialTraining.linf(.1).build().toString())
                .startsWith("FastAdversarialTraining[")
                .contains("steps=1", "stepSize=0.125", "start=UNIFORM");
        assertThat(Hat.linf(.1, teacher(3)).adversarialTraining(true).build().toString())
                .contains("loss=CROSS_ENTROPY", "gamma=0.5", "distance=2.0");
    }
}
