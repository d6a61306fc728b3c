package org.jacreg.examples.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelledImagesTest {

    private static final int COUNT = 23;
    private static final LabelledImages IMAGES = LabelledImages.of(1, 1, new byte[COUNT], new byte[COUNT]);

    /** Figures that were published are found again with the orders that made them. */
    @Test
    void ordersOfASeedStay() {
        assertThat(IMAGES.shuffled(7))
                .containsExactly(0, 2, 6, 12, 19, 7, 20, 8, 11, 21, 22, 17, 5, 10, 18, 3, 16, 13, 14, 1, 4, 9, 15);
        assertThat(IMAGES.drawn(6, 7)).containsExactly(15, 10, 6, 4, 18, 3);
    }

    @Test
    void drawsAreWithoutRepetitionAndFewerAreTheFirstOfMore() {
        int[] all = IMAGES.drawn(COUNT, 5);
        assertThat(all).containsExactlyInAnyOrder(IntStream.range(0, COUNT).toArray());
        assertThat(IMAGES.drawn(9, 5)).isEqualTo(Arrays.copyOf(all, 9));
        assertThat(IMAGES.drawn(9, 6)).isNotEqualTo(IMAGES.drawn(9, 5));
    }
}
