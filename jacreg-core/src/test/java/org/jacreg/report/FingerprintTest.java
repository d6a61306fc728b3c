package org.jacreg.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FingerprintTest {

    @Test
    void differentSequencesDiffer() {
        List<UnaryOperator<Fingerprint>> sequences = List.of(
                f -> f,
                f -> f.add(1),
                f -> f.add(2),
                f -> f.add(1).add(2),
                f -> f.add(new int[] {1, 2}),
                f -> f.add(new int[] {1}).add(new int[] {2}),
                f -> f.add("ab"),
                f -> f.add("a").add("b"),
                f -> f.add("").add("ab"),
                f -> f.add(1.0, 2.0),
                f -> f.add(1.0).add(2.0),
                f -> f.add(Math.nextUp(1.0), 2.0),
                f -> f.add(new double[0]),
                f -> f.add(new double[5000]),
                f -> f.add(new double[5001]),
                f -> f.add(new int[5000]));
        Set<String> hashes = new HashSet<>();
        sequences.forEach(
                sequence -> hashes.add(sequence.apply(new Fingerprint()).hex()));
        assertThat(hashes).hasSameSizeAs(sequences);
    }

    @Test
    void everyNumberCounts() {
        double[] values = new double[3000];
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < values.length; i += 7) {
            double[] changed = values.clone();
            changed[i] = 1;
            hashes.add(new Fingerprint().add(changed).hex());
            int[] whole = new int[values.length];
            whole[i] = 1;
            hashes.add(new Fingerprint().add(whole).hex());
        }
        assertThat(hashes).hasSize(2 * ((values.length + 6) / 7));
    }

    @Test
    void zerosAreOneValueAndHashesRepeat() {
        assertThat(new Fingerprint().add(-0.0).hex())
                .isEqualTo(new Fingerprint().add(0.0).hex());
        double[] values = {1, Double.NaN, Double.POSITIVE_INFINITY};
        assertThat(new Fingerprint().add(values).hex())
                .isEqualTo(new Fingerprint().add(Arrays.copyOf(values, 3)).hex());
        // SHA-256 of nothing
        assertThat(new Fingerprint().hex())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
