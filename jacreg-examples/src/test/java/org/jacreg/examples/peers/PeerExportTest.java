package org.jacreg.examples.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jacreg.attacks.Pgd;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.experiment.ExperimentListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PeerExportTest {

    @TempDir
    Path folder;

    @Test
    void arraysHaveNumpysHeader() throws IOException {
        NumpyFile.write(folder.resolve("a.npy"), new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        NumpyFile.write(folder.resolve("i.npy"), new int[] {7, -1});

        ByteBuffer a =
                ByteBuffer.wrap(Files.readAllBytes(folder.resolve("a.npy"))).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(a.getLong(0)).isEqualTo(0x0001_59504d554e93L);
        int header = a.getShort(8);
        assertThat((10 + header) % 64).isZero();
        assertThat(new String(a.array(), 10, header, StandardCharsets.US_ASCII))
                .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2,3,), }")
                .endsWith("\n");
        assertThat(a.capacity()).isEqualTo(10 + header + 24);
        assertThat(a.getFloat(10 + header + 8)).isEqualTo(3f);
        byte[] i = Files.readAllBytes(folder.resolve("i.npy"));
        assertThat(new String(i, StandardCharsets.US_ASCII)).contains("'<i4'", "(2,)");
        assertThat(i[i.length - 8]).isEqualTo((byte) 7);
    }

    @Test
    void whatTheAttacksFoundIsWritten() throws IOException {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 64);
        SDVariable w = sd.var("w1", Nd4j.rand(DataType.FLOAT, 64, 3).muli(4));
        x.mmul("z", w);
        INDArray inputs = Nd4j.rand(DataType.FLOAT, 6, 64);
        Classifier model = Classifier.of(sd).bounds(0, 1).build();
        int[] labels = model.logits(inputs).argMax(1).toIntVector();
        INDArray y = Nd4j.zeros(DataType.FLOAT, 6, 3);
        for (int n = 0; n < 6; n++) {
            y.putScalar(n, labels[n], 1);
        }

        new PeerExport(folder, 3, 5, ExperimentListener.none()).run(sd, inputs, labels, y, List.of(0.02));

        assertThat(folder.resolve("w1.npy")).exists();
        assertThat(folder.resolve("logits.npy")).exists();
        JsonNode records =
                new ObjectMapper().readTree(folder.resolve("attacks.json").toFile());
        JsonNode pgd = records.get(0);
        assertThat(pgd.at("/attack").asText()).isEqualTo("pgd");
        assertThat(pgd.at("/options/step_size").asDouble())
                .isEqualTo(Pgd.linf(0.02).steps(40).build().options().stepSize());
        var outcomes = Pgd.linf(0.02)
                .steps(40)
                .seed(3)
                .build()
                .attack(model, inputs, y)
                .outcomes();
        for (int n = 0; n < 6; n++) {
            assertThat(pgd.at("/success/" + n).asBoolean())
                    .isEqualTo(outcomes.get(n).success());
            assertThat(pgd.at("/loss/" + n).asDouble())
                    .isEqualTo(outcomes.get(n).extremeLoss());
        }
        assertThat(records.findValuesAsText("attack")).containsExactly("pgd", "pgd", "apgd", "apgd", "square");
    }
}
