package org.jacreg.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

class ShuffledBatchesTest {

    private static final int COUNT = 23;

    /** Image i is a single pixel of value i with class i % 3, so a batch shows which images it holds. */
    private static LabelledImages images() {
        byte[] pixels = new byte[COUNT];
        byte[] labels = new byte[COUNT];
        for (int i = 0; i < COUNT; i++) {
            pixels[i] = (byte) i;
            labels[i] = (byte) (i % 3);
        }
        return LabelledImages.of(1, 1, pixels, labels);
    }

    private static List<Integer> pass(ShuffledBatches batches) {
        List<Integer> seen = new ArrayList<>();
        while (batches.hasNext()) {
            DataSet batch = batches.next();
            for (int n = 0; n < batch.numExamples(); n++) {
                int image = Math.round(batch.getFeatures().getFloat(n, 0) * 255);
                assertThat(batch.getLabels().getRow(n).argMax().getInt(0)).isEqualTo(image % 3);
                assertThat(batch.getLabels().getRow(n).sumNumber().doubleValue())
                        .isEqualTo(1.0);
                seen.add(image);
            }
        }
        return seen;
    }

    @Test
    void everyImageComesOnceAPassWithItsLabel() {
        ShuffledBatches batches = new ShuffledBatches(images(), 3, 5, 7);

        assertThat(batches.batchesPerPass()).isEqualTo(5);
        assertThat(pass(batches))
                .hasSize(COUNT)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, COUNT).boxed().toList());
        assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void sameSeedSameOrderOtherPassOtherOrder() {
        ShuffledBatches one = new ShuffledBatches(images(), 3, 5, 7);
        ShuffledBatches two = new ShuffledBatches(images(), 3, 4, 7);

        List<Integer> first = pass(one);
        assertThat(pass(two)).isEqualTo(first);
        one.reset();
        two.reset();
        List<Integer> second = pass(one);
        assertThat(second).isNotEqualTo(first).isEqualTo(pass(two));
        assertThat(pass(new ShuffledBatches(images(), 3, 5, 8))).isNotEqualTo(first);
    }

    @Test
    void refusesTooFewClassesAndEmptyBatches() {
        assertThatThrownBy(() -> new ShuffledBatches(images(), 2, 5, 7))
                .hasMessageContaining("greatest label 2, got 2");
        assertThatThrownBy(() -> new ShuffledBatches(images(), 3, 0, 7)).hasMessageContaining("batchSize");
    }
}
