package org.jacreg.examples.data;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Writes idx files for tests, byte by byte, apart from the reader under test. */
public final class IdxBytes {

    private IdxBytes() {}

    public static byte[] images(int count, int rows, int columns, byte[] pixels) {
        return bytes(pixels, 0x803, count, rows, columns);
    }

    public static byte[] labels(byte... labels) {
        return bytes(labels, 0x801, labels.length);
    }

    public static byte[] bytes(byte[] body, int... header) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DataOutputStream data = new DataOutputStream(out)) {
            for (int word : header) {
                data.writeInt(word);
            }
            data.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static byte[] gzip(byte[] raw) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
