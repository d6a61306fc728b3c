package org.jacreg.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jacreg.examples.report.MadeUpResult;
import org.jacreg.examples.result.AttackNorm;
import org.jacreg.examples.result.Bracket;
import org.jacreg.examples.result.ExperimentResult;
import org.jacreg.examples.result.ModelKind;
import org.jacreg.examples.result.ModelResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that an attack contradicts makes the experiment's command fail, after everything is written. */
class ContradictedCertificateTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int conclude(ExperimentResult result) throws IOException {
        return MnistCommand.conclude(result, folder, new PrintWriter(out), new PrintWriter(err));
    }

    /** In l2 two digits of IBP's are broken, one at the very radius that is certified. */
    private static ExperimentResult planted() {
        ExperimentResult sound = MadeUpResult.make();
        Bracket wrong = new Bracket(AttackNorm.L2, "CROWN", List.of(-1.0, 0.5, 0.5, 0.5), List.of(0.0, 0.4, 0.5, 0.6));
        List<ModelResult> models = new ArrayList<>();
        for (ModelResult model : sound.models()) {
            List<Bracket> brackets =
                    model.kind() == ModelKind.IBP ? List.of(model.bracket(AttackNorm.LINF), wrong) : model.brackets();
            models.add(new ModelResult(
                    model.kind(),
                    model.scores(),
                    model.history(),
                    model.curves(),
                    brackets,
                    model.gaps(),
                    model.digits()));
        }
        return new ExperimentResult(
                sound.format(),
                sound.startedAt(),
                sound.wallSeconds(),
                sound.command(),
                sound.settings(),
                sound.environment(),
                sound.data(),
                models,
                sound.sweep());
    }

    @Test
    void contradictedCertificatesFailAfterAllIsWritten() throws IOException {
        assertThat(conclude(planted())).isEqualTo(1);

        Path json = folder.resolve("result.json").toAbsolutePath().normalize();
        assertThat(err.toString().lines())
                .containsExactly(
                        "jacreg: certificate contradicted: ibp, l2: attacks succeeded within the radii certified by"
                                + " CROWN on 2 of 4 digits; see " + json);
        assertThat(json).isNotEmptyFile();
        assertThat(folder.resolve("report.html")).isNotEmptyFile();
        assertThat(out.toString()).contains("ibp", "report: ", "data:   " + json);
    }

    @Test
    void certificatesThatHoldDoNotFail() throws IOException {
        assertThat(conclude(MadeUpResult.make())).isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(folder.resolve("report.html")).isNotEmptyFile();
    }
}
