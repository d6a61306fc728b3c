package org.jacreg.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a classifier keeps between calls must not show: other threads, other batch sizes, steps of a loop. */
class ClassifierRuntimeTest {

    /** The same sums in another order, in float64, on numbers of order one. */
    private static final double TOLERANCE = 1e-12;

    private final SameDiff sd = SmallNets.conv(DataType.DOUBLE);
    private final Classifier model = Classifier.of(sd).normalise(0.1, 2).build();

    private static INDArray inputs(long seed, int n) {
        return SmallNets.inputs(DataType.DOUBLE, seed, n, 1, 6, 6);
    }

    private INDArray throughSession(INDArray x) {
        return sd.outputSingle(Map.of(SmallNets.INPUT, x.sub(0.1).div(2)), SmallNets.LOGITS)
                .dup();
    }

    private static void assertSame(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(TOLERANCE);
    }

    @Test
    void batchSizesMayChangeFromCallToCall() {
        for (int n : new int[] {5, 3, 5, 1, 3}) {
            INDArray x = inputs(n, n);
            assertSame(model.logits(x), throughSession(x));
            assertSame(model.crossEntropyGradient(x, new int[n]).logits(), throughSession(x));
        }
    }

    @Test
    void resultsOfEarlierCallsStay() {
        INDArray x = inputs(1, 4);
        INDArray logits = model.logits(x);
        LossGradient first = model.crossEntropyGradient(x, new int[4]);
        INDArray gradient = first.gradient().dup();
        model.logits(inputs(2, 4));
        model.crossEntropyGradient(inputs(2, 4), new int[] {2, 2, 2, 2});
        assertSame(logits, throughSession(x));
        assertThat(first.gradient()).isEqualTo(gradient);
    }

    /** Threads that saw each other's buffers would get each other's numbers. */
    @Test
    void threadsDoNotSeeEachOther() throws Exception {
        int threads = 4;
        List<INDArray> xs = new ArrayList<>();
        List<INDArray> logits = new ArrayList<>();
        List<INDArray> gradients = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            xs.add(inputs(10 + t, 3));
            logits.add(throughSession(xs.get(t)));
            gradients.add(
                    model.crossEntropyGradient(xs.get(t), new int[] {0, 1, 2}).gradient());
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int own = t;
                done.add(pool.submit(() -> {
                    CrossEntropySteps steps = model.crossEntropySteps(new int[] {0, 1, 2});
                    for (int k = 0; k < 25; k++) {
                        assertSame(model.logits(xs.get(own)), logits.get(own));
                        assertSame(steps.at(xs.get(own)).gradient(), gradients.get(own));
                    }
                }));
            }
            for (Future<?> task : done) {
                task.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stepsSayWhatSingleCallsSay(boolean overridden) {
        Classifier asked = overridden ? model : new Plain(model);
        int[] labels = {2, 0, 1};
        CrossEntropySteps steps = asked.crossEntropySteps(labels);
        labels[0] = 1;
        for (int k = 0; k < 3; k++) {
            INDArray x = inputs(20 + k, 3);
            INDArray before = x.dup();
            LossGradient step = steps.at(x);
            LossGradient single = model.crossEntropyGradient(x, new int[] {2, 0, 1});
            assertSame(step.loss(), single.loss());
            assertSame(step.logits(), single.logits());
            assertSame(step.gradient(), single.gradient());
            // The caller may write on it.
            step.gradient().assign(9);
            assertThat(x).isEqualTo(before);
        }
        assertThatThrownBy(() -> model.crossEntropySteps(new int[] {0, 3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("label 3 of sample 1");
    }

    /** Cotangents chosen in view of the logits give what logits and a product, asked for one after the other, give. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void chosenCotangentsArePulledBack(boolean overridden) {
        Classifier asked = overridden ? model : new Plain(model);
        for (int n : new int[] {3, 1, 3}) {
            INDArray x = inputs(40 + n, n);
            List<INDArray> seen = new ArrayList<>();
            LogitsGradient answer = asked.logitsAndVjp(x, z -> {
                seen.add(z.dup());
                return z.mul(z).addi(1);
            });
            INDArray z = throughSession(x);
            assertThat(seen).hasSize(1);
            assertSame(seen.get(0), z);
            assertSame(answer.logits(), z);
            assertSame(answer.gradient(), model.vjp(x, z.mul(z).addi(1)));
            assertThat(answer.gradient().amaxNumber().doubleValue()).isGreaterThan(0.01);
        }
        INDArray x = inputs(50, 2);
        assertThatThrownBy(() -> asked.logitsAndVjp(x, z -> z.getRow(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cotangent has shape");
        assertSame(model.logits(x), throughSession(x));
    }

    @Test
    void stepsSeeNewWeights() {
        CrossEntropySteps steps = model.crossEntropySteps(new int[] {0, 1});
        INDArray x = inputs(30, 2);
        INDArray before = steps.at(x).logits().dup();
        sd.getVariable("b").setArray(sd.getVariable("b").getArr().add(1));
        assertSame(steps.at(x).logits(), before.add(1));
        sd.getVariable("b").getArr().addi(1);
        assertSame(steps.at(x).logits(), before.add(2));
        assertSame(model.logits(x), before.add(2));
    }

    /** A classifier that does not override what the interface offers. */
    private record Plain(Classifier inner) implements Classifier {

        @Override
        public int classes() {
            return inner.classes();
        }

        @Override
        public long[] inputShape() {
            return inner.inputShape();
        }

        @Override
        public DataType dataType() {
            return inner.dataType();
        }

        @Override
        public InputBox box() {
            return inner.box();
        }

        @Override
        public INDArray logits(INDArray x) {
            return inner.logits(x);
        }

        @Override
        public INDArray vjp(INDArray x, INDArray cotangent) {
            return inner.vjp(x, cotangent);
        }

        @Override
        public LossGradient crossEntropyGradient(INDArray x, int[] labels) {
            return inner.crossEntropyGradient(x, labels);
        }
    }
}
