package org.jacreg.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import org.jacreg.nets.SmallNets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;

/** What reaches standard output while a gradient graph is built, and what does not. */
class QuietGradientsTest {

    private static final String NOISE = "Added differentiated op";

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @BeforeEach
    void capture() {
        System.setOut(captured);
    }

    @AfterEach
    void restore() {
        System.setOut(before);
    }

    /** If ND4J stops printing, QuietGradients can go. */
    @Test
    void samediffItselfPrints() {
        SmallNets.mlp(DataType.FLOAT).createGradFunction();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains(NOISE);
    }

    @Test
    void nothingIsPrintedAndTheFunctionIsThere() {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT);
        QuietGradients.create(sd, "x");
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(sd.getFunction("grad").getVariable("x").gradient()).isNotNull();
        assertThat(System.out).isSameAs(captured);
    }

    @Test
    void otherPrintsPass() {
        SameDiff sd = talkative(() -> {
            System.out.println("one");
            System.out.print("two");
            System.out.print(" thr");
            System.out.println("ee");
            System.out.println("not " + NOISE + " x");
            System.out.print("Added");
            System.out.print(" value\nlast");
        });
        QuietGradients.create(sd);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo(String.join(
                        System.lineSeparator(), "one", "two three", "not " + NOISE + " x", "Added value\nlast"));
    }

    @Test
    void printsOfOtherThreadsPass() {
        SameDiff sd = talkative(() -> {
            Thread other = new Thread(() -> System.out.println("from elsewhere"));
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        QuietGradients.create(sd);
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("from elsewhere" + System.lineSeparator());
    }

    @Test
    void theStreamIsRestoredOnFailure() {
        SameDiff sd = talkative(() -> {
            throw new IllegalStateException("no derivative");
        });
        assertThatThrownBy(() -> QuietGradients.create(sd)).hasStackTraceContaining("no derivative");
        assertThat(System.out).isSameAs(captured);
    }

    @Test
    void aStreamThatWasSetMeanwhileStays() {
        PrintStream another = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        SameDiff sd = talkative(() -> System.setOut(another));
        QuietGradients.create(sd);
        assertThat(System.out).isSameAs(another);
    }

    /** A graph that runs code while its gradient function is built: SameDiff clones every variable first. */
    private static SameDiff talkative(Runnable code) {
        SameDiff sd = SmallNets.mlp(DataType.FLOAT);
        sd.getVariables().get("logits").setVariable(new Talkative(sd, code));
        return sd;
    }

    private static final class Talkative extends SDVariable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Runnable code;

        Talkative(SameDiff sd, Runnable code) {
            super("logits", VariableType.ARRAY, sd, null, DataType.FLOAT);
            this.code = code;
        }

        @Override
        public SDVariable clone(SameDiff target) {
            code.run();
            return super.clone(target);
        }
    }
}
