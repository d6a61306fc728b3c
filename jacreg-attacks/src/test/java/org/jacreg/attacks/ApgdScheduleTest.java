package org.jacreg.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.jacreg.attacks.ApgdSchedule.Phase;
import org.junit.jupiter.api.Test;

class ApgdScheduleTest {

    @Test
    void checkpointsAreThePublishedOnes() {
        assertThat(ApgdSchedule.checkpoints(100)).containsExactly(22, 41, 57, 70, 80, 87, 93, 99);
        assertThat(ApgdSchedule.checkpoints(1000)).containsExactly(220, 410, 570, 700, 800, 870, 930, 990);
        assertThat(ApgdSchedule.checkpoints(50)).containsExactly(11, 21, 30, 38, 45);
        assertThat(ApgdSchedule.checkpoints(20)).containsExactly(4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20);
    }

    @Test
    void fewIterationsAreCheckedOneByOne() {
        assertThat(ApgdSchedule.checkpoints(1)).containsExactly(1);
        assertThat(ApgdSchedule.checkpoints(3)).containsExactly(1, 2, 3);
    }

    @Test
    void sparseWindowsAreEqual() {
        assertThat(ApgdSchedule.sparseCheckpoints(100))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 25).map(k -> 4 * k).boxed().toList());
        assertThat(ApgdSchedule.sparseCheckpoints(5)).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void theRadiusShrinksByThirds() {
        assertThat(ApgdSchedule.phases(.5, 100, true))
                .containsExactly(new Phase(1.5, 30), new Phase(1, 30), new Phase(.5, 40));
        assertThat(ApgdSchedule.phases(.5, 7, true))
                .containsExactly(new Phase(1.5, 2), new Phase(1, 2), new Phase(.5, 3));
        assertThat(ApgdSchedule.phases(.5, 3, true)).containsExactly(new Phase(.5, 3));
        assertThat(ApgdSchedule.phases(.5, 100, false)).containsExactly(new Phase(.5, 100));
    }
}
