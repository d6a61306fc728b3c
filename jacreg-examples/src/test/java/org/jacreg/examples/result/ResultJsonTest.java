package org.jacreg.examples.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jacreg.examples.report.MadeUpResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultJsonTest {

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        ExperimentResult result = MadeUpResult.make();
        Path file = folder.resolve("result.json");

        new ResultJson().write(result, file);

        assertThat(new ResultJson().read(file)).isEqualTo(result);
    }

    @Test
    void figuresStandUnderTheirNames() throws IOException {
        Path file = folder.resolve("result.json");
        new ResultJson().write(MadeUpResult.make(), file);

        JsonNode tree = new ObjectMapper().readTree(file.toFile());

        assertThat(tree.at("/settings/seed").asLong()).isEqualTo(1);
        assertThat(tree.at("/settings/training/lambdaFrobenius").isNumber()).isTrue();
        assertThat(tree.at("/models/1/kind").asText()).isEqualTo("FROBENIUS");
        assertThat(tree.at("/models/1/scores/pgdLinf").asDouble()).isEqualTo(0.1 + 2.0 / 10);
        assertThat(tree.at("/models/0/history/4/frobenius").asDouble()).isEqualTo(13.0);
        assertThat(tree.at("/models/1/gaps/bounds/1/parts/1/value").asDouble()).isEqualTo(160.0);
        assertThat(tree.at("/sweep/1/lambda").asDouble()).isEqualTo(0.3);
        assertThat(tree.at("/models/0/history/0/trainingLoss").asText()).isEqualTo("NaN");
    }

    @Test
    void refusesAnotherFormatAndWhatIsNoResult() throws IOException {
        Path file = folder.resolve("result.json");
        new ResultJson().write(MadeUpResult.make(), file);
        Files.writeString(file, Files.readString(file).replaceFirst("\"format\" : 5", "\"format\" : 4"));
        assertThatThrownBy(() -> new ResultJson().read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected format 5, got 4");

        Files.writeString(file, "{\"format\": 5}");
        assertThatThrownBy(() -> new ResultJson().read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("startedAt");
    }
}
