package org.jacreg.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IdxReaderTest {

    private static final byte[] PIXELS = {0, 1, 2, 3, 4, 5, 6, 7, (byte) 200, 9, 10, (byte) 255};
    private static final byte[] GOOD = IdxBytes.images(2, 2, 3, PIXELS);

    @Test
    void readsRawImages() throws IOException {
        IdxArray images = IdxReader.images("x", new ByteArrayInputStream(GOOD));

        assertThat(images.size(0)).isEqualTo(2);
        assertThat(images.size(1)).isEqualTo(2);
        assertThat(images.size(2)).isEqualTo(3);
        assertThat(images.values()).isEqualTo(PIXELS);
    }

    @Test
    void gzipGivesTheSameAsRaw() throws IOException {
        IdxArray raw = IdxReader.images("x", new ByteArrayInputStream(GOOD));
        IdxArray zipped = IdxReader.images("x", new ByteArrayInputStream(IdxBytes.gzip(GOOD)));

        assertThat(zipped.values()).isEqualTo(raw.values());
        assertThat(zipped.sha256()).isEqualTo(raw.sha256());
    }

    @Test
    void readsLabels() throws IOException {
        byte[] file = IdxBytes.labels((byte) 3, (byte) 250);

        assertThat(IdxReader.labels("y", new ByteArrayInputStream(file)).values())
                .containsExactly(3, 250);
    }

    static Stream<Arguments> badImages() {
        byte[] zipped = IdxBytes.gzip(GOOD);
        byte[] wrongChecksum = zipped.clone();
        wrongChecksum[zipped.length - 6] ^= 1;
        return Stream.of(
                bad("empty", new byte[0], "got a file of 0 bytes"),
                bad("two bytes", new byte[] {0, 0}, "got a file of 2 bytes"),
                bad("text", "<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII), "got 0x3c21444f (not an idx file"),
                bad("labels", IdxBytes.labels((byte) 1), "got 0x00000801 (a file of labels"),
                bad("floats", IdxBytes.bytes(PIXELS, 0xd03, 1, 1, 3), "expected images (idx3, unsigned bytes)"),
                bad("cut in header", Arrays.copyOf(GOOD, 14), "before the number of columns"),
                bad(
                        "cut in data",
                        Arrays.copyOf(GOOD, GOOD.length - 1),
                        "expected 12 bytes of data for 2 images of 2 x 3, got 11"),
                bad("one byte more", Arrays.copyOf(GOOD, GOOD.length + 1), "goes on after the data"),
                bad(
                        "no images",
                        IdxBytes.bytes(new byte[0], 0x803, 0, 28, 28),
                        "number of images: expected at least 1, got 0"),
                bad("negative", IdxBytes.bytes(PIXELS, 0x803, 2, -2, 3), "number of rows: expected at least 1, got -2"),
                bad("huge", IdxBytes.bytes(PIXELS, 0x803, 1 << 30, 1 << 30, 1 << 30), "more than 2 GiB"),
                bad("large and short", IdxBytes.bytes(PIXELS, 0x803, 2_000_000_000, 1, 1), "got 12"),
                bad("gzip cut", Arrays.copyOf(zipped, zipped.length - 12), "truncated"),
                bad("gzip cut in its header", Arrays.copyOf(zipped, 5), "starts like a gzip file but is not one"),
                bad("gzip damaged", wrongChecksum, "corrupt gzip stream"));
    }

    private static Arguments bad(String name, byte[] file, String message) {
        return Arguments.of(name, file, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badImages")
    void refusesWithFileNameAndReason(String name, byte[] file, String message) {
        assertThatThrownBy(() -> IdxReader.images("planted-" + name, new ByteArrayInputStream(file)))
                .isInstanceOf(IdxFormatException.class)
                .hasMessageStartingWith("planted-" + name + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesImagesWhereLabelsAreWanted() {
        assertThatThrownBy(() -> IdxReader.labels("y", new ByteArrayInputStream(GOOD)))
                .isInstanceOf(IdxFormatException.class)
                .hasMessageContaining("exchanged");
    }
}
