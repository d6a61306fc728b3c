package org.jacreg.attacks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.jacreg.attacks.ClosedFormNet;
import org.jacreg.attacks.ClosedFormNet.Activation;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.objective.InnerAttack;
import org.jacreg.attacks.objective.InnerLoss;
import org.jacreg.attacks.objective.InnerStart;
import org.jacreg.classifier.InputBox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class AdversarialDataSetIteratorTest {

    private static final ClosedFormNet NET =
            ClosedFormNet.random(4, 6, 8, 3, 1.5, Activation.TANH, DataType.FLOAT, new InputBox(0, 1));

    private final List<Long> seeds = new ArrayList<>();
    private DataSet data = new DataSet();

    @BeforeEach
    void freshData() {
        INDArray x = Nd4j.createFromArray(new Random(1).doubles(20 * 6).toArray())
                .reshape('c', 20, 6)
                .castTo(DataType.FLOAT);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 20, 3);
        for (int n = 0; n < 20; n++) {
            y.putScalar(n, n % 3, 1);
        }
        data = new DataSet(x, y);
        seeds.clear();
    }

    private AdversarialDataSetIterator iterator(long seed) {
        return AdversarialDataSetIterator.of(
                new ViewIterator(data, 8),
                NET,
                attackSeed -> {
                    seeds.add(attackSeed);
                    return Pgd.linf(.1).steps(3).stepSize(.02).seed(attackSeed).build();
                },
                seed);
    }

    private static List<double[]> features(DataSetIterator iterator) {
        List<double[]> result = new ArrayList<>();
        while (iterator.hasNext()) {
            result.add(iterator.next().getFeatures().dup('c').data().asDouble());
        }
        return result;
    }

    @Test
    void givesAdversarialFeaturesWithTheSameLabels() {
        double[] before = data.getFeatures().dup('c').data().asDouble();
        double[] labelsBefore = data.getLabels().dup('c').data().asDouble();
        DataSetIterator plain = new ViewIterator(data, 8);
        AdversarialDataSetIterator adversarial = iterator(3);
        int batches = 0;
        while (adversarial.hasNext()) {
            DataSet clean = plain.next();
            DataSet attacked = adversarial.next();
            assertThat(attacked.getLabels().dup('c').data().asDouble())
                    .isEqualTo(clean.getLabels().dup('c').data().asDouble());
            INDArray expected = Pgd.linf(.1)
                    .steps(3)
                    .stepSize(.02)
                    .seed(seeds.get(batches))
                    .build()
                    .attack(NET, clean.getFeatures(), clean.getLabels())
                    .adversarial();
            assertThat(attacked.getFeatures().dup('c').data().asDouble())
                    .isEqualTo(expected.data().asDouble());
            assertThat(attacked.getFeatures().dataType()).isEqualTo(DataType.FLOAT);
            batches++;
        }
        assertThat(batches).isEqualTo(3);
        assertThat(plain.hasNext()).isFalse();
        assertThat(data.getFeatures().dup('c').data().asDouble()).isEqualTo(before);
        assertThat(data.getLabels().dup('c').data().asDouble()).isEqualTo(labelsBefore);
    }

    @Test
    void seedsAreFreshForEveryBatchAndTheSameAgainForANewIterator() {
        AdversarialDataSetIterator first = iterator(3);
        List<double[]> epochOne = features(first);
        first.reset();
        List<double[]> epochTwo = features(first);
        List<Long> firstSeeds = List.copyOf(seeds);
        assertThat(new HashSet<>(firstSeeds)).hasSize(6);
        assertThat(epochTwo.get(0)).isNotEqualTo(epochOne.get(0));
        seeds.clear();
        AdversarialDataSetIterator again = iterator(3);
        List<double[]> sameOne = features(again);
        again.reset();
        List<double[]> sameTwo = features(again);
        assertThat(seeds).isEqualTo(firstSeeds);
        for (int b = 0; b < 3; b++) {
            assertThat(sameOne.get(b)).isEqualTo(epochOne.get(b));
            assertThat(sameTwo.get(b)).isEqualTo(epochTwo.get(b));
        }
        seeds.clear();
        features(iterator(4));
        assertThat(seeds).doesNotContainAnyElementsOf(firstSeeds);
    }

    @Test
    void preprocessorIsAppliedBeforeTheAttack() {
        AdversarialDataSetIterator halved = iterator(3);
        halved.setPreProcessor(set -> set.setFeatures(set.getFeatures().mul(.5)));
        assertThat(halved.getPreProcessor()).isNotNull();
        INDArray attacked = halved.next().getFeatures();
        INDArray half = data.getFeatures().getRows(0, 1, 2, 3, 4, 5, 6, 7).mul(.5);
        // epsilon counts in preprocessed units; 1e-6 is the rounding of x + d in FLOAT
        assertThat(attacked.sub(half).amaxNumber().doubleValue()).isBetween(.05, .1 + 1e-6);
    }

    @Test
    void masksAndMetadataArePassedOn() {
        INDArray mask = Nd4j.ones(20, 1);
        data.setLabelsMaskArray(mask);
        data.setExampleMetaData(List.of("somewhere"));
        AdversarialDataSetIterator iterator = AdversarialDataSetIterator.of(
                new SingletonDataSetIterator(data),
                NET,
                seed -> Pgd.linf(.1).steps(1).build(),
                0);
        DataSet attacked = iterator.next();
        assertThat(attacked.getLabelsMaskArray()).isSameAs(mask);
        assertThat(attacked.getFeaturesMaskArray()).isNull();
        assertThat(attacked.getExampleMetaData()).isEqualTo(List.of("somewhere"));
    }

    @Test
    void answersForTheWrappedIterator() {
        AdversarialDataSetIterator iterator = iterator(1);
        DataSetIterator plain = new ViewIterator(data, 8);
        assertThat(iterator.asyncSupported()).isFalse();
        assertThat(iterator.resetSupported()).isTrue();
        assertThat(iterator.batch()).isEqualTo(plain.batch());
        assertThat(iterator.inputColumns()).isEqualTo(plain.inputColumns());
        assertThat(iterator.totalOutcomes()).isEqualTo(plain.totalOutcomes());
        assertThat(iterator.getLabels()).isEqualTo(plain.getLabels());
        AdversarialDataSetIterator whole = AdversarialDataSetIterator.of(
                new SingletonDataSetIterator(data), NET, seed -> Pgd.linf(.1).build(), 1);
        assertThat(whole.next(20).numExamples()).isEqualTo(20);
    }

    @Test
    void endsLikeAnIteratorAndRefusesSerialization() throws IOException {
        AdversarialDataSetIterator iterator = iterator(1);
        features(iterator);
        assertThat(iterator.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(iterator::next);
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThatExceptionOfType(NotSerializableException.class).isThrownBy(() -> out.writeObject(iterator));
        }
    }

    @Test
    void attacksOfObjectivesMayClimbADivergence() {
        InnerAttack attack = InnerAttack.linf(.1)
                .steps(5)
                .loss(InnerLoss.KL)
                .start(InnerStart.GAUSSIAN)
                .seed(4)
                .build();
        AdversarialDataSetIterator iterator = AdversarialDataSetIterator.of(new ViewIterator(data, 8), NET, attack);
        List<double[]> first = new ArrayList<>();
        DataSetIterator plain = new ViewIterator(data, 8);
        while (iterator.hasNext()) {
            INDArray clean = plain.next().getFeatures();
            INDArray attacked = iterator.next().getFeatures();
            // The rounding of x + d in FLOAT.
            assertThat(attacked.sub(clean).amaxNumber().doubleValue()).isBetween(.05, .1 + 1e-6);
            assertThat(attacked.minNumber().doubleValue()).isNotNegative();
            assertThat(attacked.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
            assertThat(divergence(clean, attacked)).isGreaterThan(divergence(clean, noisy(clean)));
            first.add(attacked.dup('c').data().asDouble());
        }
        assertThat(features(AdversarialDataSetIterator.of(new ViewIterator(data, 8), NET, attack)))
                .containsExactlyElementsOf(first);
        iterator.reset();
        assertThat(features(iterator).get(0)).isNotEqualTo(first.get(0));
        InnerAttack elsewhere = InnerAttack.linf(.1).bounds(0, 2).build();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> AdversarialDataSetIterator.of(new ViewIterator(data, 8), NET, elsewhere)
                        .next())
                .withMessageContaining("give the bounds to the classifier alone");
    }

    /** Signs at random, as far as the attack may go. */
    private static INDArray noisy(INDArray clean) {
        Random random = new Random(3);
        double[] values = clean.dup('c').data().asDouble();
        for (int k = 0; k < values.length; k++) {
            values[k] = Math.max(0, Math.min(1, values[k] + (random.nextBoolean() ? .1 : -.1)));
        }
        return Nd4j.createFromArray(values).reshape('c', clean.shape()).castTo(DataType.FLOAT);
    }

    /** The mean of KL(p(clean) || p(moved)). */
    private static double divergence(INDArray clean, INDArray moved) {
        double[][] p = probabilities(clean);
        double[][] q = probabilities(moved);
        double sum = 0;
        for (int n = 0; n < p.length; n++) {
            for (int c = 0; c < p[n].length; c++) {
                sum += p[n][c] * Math.log(p[n][c] / q[n][c]);
            }
        }
        return sum / p.length;
    }

    private static double[][] probabilities(INDArray x) {
        double[][] rows = NET.logits(x).castTo(DataType.DOUBLE).toDoubleMatrix();
        for (double[] row : rows) {
            double total = 0;
            for (int c = 0; c < row.length; c++) {
                row[c] = Math.exp(row[c]);
                total += row[c];
            }
            for (int c = 0; c < row.length; c++) {
                row[c] /= total;
            }
        }
        return rows;
    }
}
