package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jacreg.attacks.threat.FeatureLimits;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What {@link Attack} promises, as checks that throw {@link AssertionError}. */
final class ContractChecks {

    private static final int SAMPLES = 9;
    private static final long SEED = 7;

    private final ContractTerms terms;
    private final Classifier model;
    private final boolean exact;
    private final INDArray x;
    private final int[] labels;

    /** Rounding of {@code x + d} and of its norm, of entries up to about 1. */
    private final double slack;

    private @Nullable AttackResult run;

    /** Random inputs, some with entries on the faces of [0, 1], and random labels, the same for every model of as many entries. */
    ContractChecks(ContractTerms terms, ContractModel tried) {
        this.terms = terms;
        this.model = tried.classifier();
        this.exact = tried.exact();
        this.slack = model.dataType() == DataType.DOUBLE ? 1e-12 : 1e-5;
        Random random = new Random(3);
        long[] shape = new long[model.inputShape().length + 1];
        System.arraycopy(model.inputShape(), 0, shape, 1, shape.length - 1);
        shape[0] = SAMPLES;
        long entries = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        double[] values = random.doubles(entries, -.2, 1.2)
                .map(value -> Math.max(0, Math.min(1, value)))
                .toArray();
        this.x = Nd4j.createFromArray(values).castTo(model.dataType()).reshape('c', shape);
        this.labels = random.ints(SAMPLES, 0, model.classes()).toArray();
        assertThat(labels)
                .as("some right, some wrong")
                .isNotEqualTo(model.logits(x).argMax(1).toIntVector());
    }

    void all() {
        staysInBall();
        staysInBox();
        staysInLimits();
        leavesArgumentsAlone();
        leavesTheModelAlone();
        sameSeedSameResult();
        batchOfOneEqualsBatchOfMany();
        noWorseThanTheInput();
        flagsAreTrue();
        returnsTheBestOfWhatItFound();
        countsAreTrue();
        tellsProgress();
        endsWhenCancelled();
        endsWhenInterrupted();
    }

    /** The values to the last bit; {@code INDArray.equals} would accept a difference of 1e-5. */
    static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private Attack attack() {
        return terms.attack().apply(SEED);
    }

    private AttackResult run() {
        AttackResult result = run == null ? attack().attack(model, x, y()) : run;
        run = result;
        return result;
    }

    private INDArray y() {
        return Nd4j.createFromArray(labels);
    }

    void staysInBall() {
        AttackResult result = run();
        for (INDArray points : new INDArray[] {result.adversarial(), result.firstAdversarial()}) {
            for (double distance : distances(points)) {
                assertThat(distance).isLessThanOrEqualTo(terms.epsilon() + slack);
            }
        }
        assertThat(result.norm()).isEqualTo(terms.norm());
        double[] distances = distances(result.adversarial());
        for (int n = 0; n < labels.length; n++) {
            assertThat(result.outcomes().get(n).distance(terms.norm())).isCloseTo(distances[n], offset(slack));
        }
    }

    /** Distances computed in double and in plain Java. */
    private double[] distances(INDArray points) {
        double[] result = new double[labels.length];
        double[] flat = values(points);
        double[] origin = values(x);
        int entries = flat.length / labels.length;
        for (int n = 0; n < labels.length; n++) {
            double greatest = 0;
            double squares = 0;
            double sum = 0;
            for (int k = n * entries; k < (n + 1) * entries; k++) {
                double d = flat[k] - origin[k];
                greatest = Math.max(greatest, Math.abs(d));
                squares += d * d;
                sum += Math.abs(d);
            }
            result[n] = terms.norm() == Norm.LINF ? greatest : terms.norm() == Norm.L2 ? Math.sqrt(squares) : sum;
        }
        return result;
    }

    void staysInBox() {
        AttackResult result = run();
        for (INDArray points : new INDArray[] {result.adversarial(), result.firstAdversarial()}) {
            for (double value : values(points)) {
                assertThat(model.box().contains(value))
                        .as("%s in %s", value, model.box())
                        .isTrue();
            }
        }
    }

    /** Frozen features keep their bits, the others stay in their ranges. */
    void staysInLimits() {
        FeatureLimits limits = terms.limits();
        if (limits.equals(FeatureLimits.none())) {
            return;
        }
        Region region = Region.unbounded(terms.norm(), limits, x, model.box());
        AttackResult result = run();
        for (INDArray points : new INDArray[] {result.adversarial(), result.firstAdversarial()}) {
            double[] flat = values(points);
            for (int k = 0; k < flat.length; k++) {
                int n = k / region.entries();
                int j = k % region.entries();
                assertThat(flat[k]).as("sample %s, feature %s", n, j).isBetween(region.lower(n, j), region.upper(n, j));
            }
        }
    }

    void leavesArgumentsAlone() {
        double[] before = values(x);
        INDArray y = y();
        double[] yBefore = values(y);
        AttackResult result = attack().attack(model, x, y);
        result.adversarial().addi(1);
        result.firstAdversarial().addi(1);
        assertThat(values(x)).as("inputs").isEqualTo(before);
        assertThat(values(y)).as("labels").isEqualTo(yBefore);
    }

    void leavesTheModelAlone() {
        double[] before = values(model.logits(x));
        attack().attack(model, x, y());
        assertThat(values(model.logits(x))).as("logits").isEqualTo(before);
    }

    void sameSeedSameResult() {
        AttackResult one = run();
        AttackResult two = attack().attack(model, x, y());
        assertThat(values(two.adversarial())).isEqualTo(values(one.adversarial()));
        assertThat(values(two.firstAdversarial())).isEqualTo(values(one.firstAdversarial()));
        assertThat(two.outcomes()).isEqualTo(one.outcomes());
    }

    void batchOfOneEqualsBatchOfMany() {
        AttackResult many = run();
        for (int n = 0; n < labels.length; n++) {
            AttackResult one = attack().attack(model, row(x, n), Nd4j.createFromArray(labels[n]));
            AttackOutcome alone = one.outcomes().get(0);
            AttackOutcome among = many.outcomes().get(n);
            if (exact) {
                assertThat(values(one.adversarial())).isEqualTo(values(row(many.adversarial(), n)));
                assertThat(alone).isEqualTo(among);
            } else {
                // float32 sums in another order may bend a search, but not by much on so small a net
                assertThat(alone.success()).isEqualTo(among.success());
                double one1 = terms.closest() ? alone.distance(terms.norm()) : alone.loss();
                double many1 = terms.closest() ? among.distance(terms.norm()) : among.loss();
                assertThat(one1).isCloseTo(many1, offset(.02 * (.1 + Math.abs(many1))));
            }
        }
    }

    private static INDArray row(INDArray array, int n) {
        return array.get(NDArrayIndex.interval(n, n + 1));
    }

    void noWorseThanTheInput() {
        AttackResult result = run();
        double sign = terms.targeted() ? -1 : 1;
        double[][] clean = model.logits(x).toDoubleMatrix();
        double[][] found = model.logits(result.adversarial()).toDoubleMatrix();
        double[] distances = distances(result.adversarial());
        for (int n = 0; n < labels.length; n++) {
            boolean wasHit = isHit(clean[n], n);
            assertThat(isHit(found[n], n) || isClose(found[n], n) || !wasHit)
                    .as("sample %s lost its success", n)
                    .isTrue();
            if (wasHit && terms.closest()) {
                assertThat(distances[n]).as("an error already").isZero();
            } else if (wasHit || !result.outcomes().get(n).success()) {
                double gain = sign * ClosedFormNet.crossEntropy(found[n], labels[n])
                        - sign * ClosedFormNet.crossEntropy(clean[n], labels[n]);
                assertThat(gain).as("sample %s lost", n).isGreaterThanOrEqualTo(-rounding());
            }
        }
    }

    private boolean isHit(double[] z, int n) {
        return (argMax(z) == labels[n]) == terms.targeted();
    }

    /** Whether rounding may change the prediction: two logits apart by less than float32 sums in another order are. */
    private boolean isClose(double[] z, int n) {
        double other = Double.NEGATIVE_INFINITY;
        double size = 1;
        for (int c = 0; c < z.length; c++) {
            other = c == labels[n] ? other : Math.max(other, z[c]);
            size = Math.max(size, Math.abs(z[c]));
        }
        return !exact && Math.abs(other - z[labels[n]]) < 1e-5 * size;
    }

    /** Of a loss: the same logits summed in another order, and the loss written in another way. */
    private double rounding() {
        return exact ? 1e-12 : 1e-4;
    }

    void flagsAreTrue() {
        AttackResult result = run();
        double[][] clean = model.logits(x).toDoubleMatrix();
        double[][] best = model.logits(result.adversarial()).toDoubleMatrix();
        double[][] first = model.logits(result.firstAdversarial()).toDoubleMatrix();
        double[] firstDistances = distances(result.firstAdversarial());
        assertThat(result.targeted()).isEqualTo(terms.targeted());
        for (int n = 0; n < labels.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            assertThat(outcome.label()).isEqualTo(labels[n]);
            assertThat(outcome.cleanPrediction()).isEqualTo(argMax(clean[n]));
            assertThat(outcome.cleanLoss())
                    .isCloseTo(ClosedFormNet.crossEntropy(clean[n], labels[n]), offset(rounding()));
            assertThat(outcome.loss()).isCloseTo(ClosedFormNet.crossEntropy(best[n], labels[n]), offset(rounding()));
            assertThat(outcome.success()).isEqualTo((outcome.prediction() == labels[n]) == terms.targeted());
            if (!isClose(best[n], n)) {
                assertThat(outcome.prediction()).isEqualTo(argMax(best[n]));
            }
            if (outcome.success()) {
                assertThat(isHit(first[n], n) || isClose(first[n], n)).isTrue();
                assertThat(outcome.firstDistance()).isCloseTo(firstDistances[n], offset(1e-5));
            } else {
                assertThat(outcome.firstDistance()).isInfinite();
                assertThat(firstDistances[n]).isZero();
            }
        }
    }

    /** The first success is one of the points found: the returned one is nearer, or of a higher loss. */
    void returnsTheBestOfWhatItFound() {
        AttackResult result = run();
        double[] best = distances(result.adversarial());
        double[] first = distances(result.firstAdversarial());
        double[][] logits = model.logits(result.firstAdversarial()).toDoubleMatrix();
        double sign = terms.targeted() ? -1 : 1;
        // attacks and this test need not sum up a cross-entropy in the same order
        for (int n = 0; n < labels.length; n++) {
            AttackOutcome outcome = result.outcomes().get(n);
            double loss = ClosedFormNet.crossEntropy(logits[n], labels[n]);
            assertThat(sign * outcome.extremeLoss()).isGreaterThanOrEqualTo(sign * outcome.loss());
            if (outcome.success() && terms.closest()) {
                assertThat(best[n]).isLessThanOrEqualTo(first[n]);
            } else if (outcome.success()) {
                assertThat(sign * outcome.loss()).isGreaterThanOrEqualTo(sign * loss - rounding());
            }
        }
    }

    /** For a sample alone; batches may be filled up to four times their size. */
    void countsAreTrue() {
        for (int n = 0; n < labels.length; n++) {
            CountingClassifier counting = new CountingClassifier(model);
            AttackResult result = attack().attack(counting, row(x, n), Nd4j.createFromArray(labels[n]));
            AttackOutcome outcome = result.outcomes().get(0);
            assertThat(outcome.gradients() + outcome.forwards()).isPositive();
            assertThat((long) outcome.gradients()).isBetween(counting.gradients() / 4L, (long) counting.gradients());
            assertThat((long) outcome.forwards()).isBetween(counting.forwards() / 4L, (long) counting.forwards());
            assertThat(outcome.zeroGradients()).isBetween(0, outcome.gradients());
        }
    }

    /** Done grows up to a total that stays. */
    void tellsProgress() {
        AtomicLong last = new AtomicLong();
        AtomicLong of = new AtomicLong();
        attack().attack(model, x, y(), (done, total) -> {
            assertThat(done).isGreaterThan(last.getAndSet(done)).isLessThanOrEqualTo(total);
            assertThat(of.getAndSet(total)).isIn(0L, total);
        });
        assertThat(last.get()).as("steps that the listener heard of").isPositive();
    }

    void endsWhenCancelled() {
        ProgressListener impatient = new ProgressListener() {
            @Override
            public void progress(long done, long total) {}

            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        assertThatThrownBy(() -> attack().attack(model, x, y(), impatient)).isInstanceOf(CancellationException.class);
    }

    void endsWhenInterrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> attack().attack(model, x, y())).isInstanceOf(CancellationException.class);
            assertThat(Thread.currentThread().isInterrupted())
                    .as("still interrupted, for whoever asked for it")
                    .isTrue();
        } finally {
            // clears the flag, or later tests would be interrupted
            Thread.interrupted();
        }
    }

    private static int argMax(double[] z) {
        int top = 0;
        for (int c = 1; c < z.length; c++) {
            top = z[c] > z[top] ? c : top;
        }
        return top;
    }
}
