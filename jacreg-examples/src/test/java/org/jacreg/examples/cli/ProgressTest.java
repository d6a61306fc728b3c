package org.jacreg.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jacreg.examples.experiment.ExperimentListener;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter err = new StringWriter();

    private void work(ExperimentListener listener) {
        listener.stage("plain: epoch 1 of 2", 3);
        listener.progress(1);
        listener.progress(3);
        listener.done("0.5 s");
    }

    @Test
    void linesSayWhatIsDoneOnceAStage() {
        work(ProgressDisplay.choose(new PrintWriter(err), false, true));

        assertThat(err.toString().lines()).containsExactly("plain: epoch 1 of 2: 0.5 s");
    }

    @Test
    void quietSaysNothing() {
        work(ProgressDisplay.choose(new PrintWriter(err), true, false));

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void barsEndInTheSameLine() {
        work(ProgressDisplay.choose(new PrintWriter(err), false, false));

        assertThat(err.toString().lines()).containsExactly("plain: epoch 1 of 2: 0.5 s");
    }
}
