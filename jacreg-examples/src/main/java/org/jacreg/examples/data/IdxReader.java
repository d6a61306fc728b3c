package org.jacreg.examples.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the idx format of MNIST: a four-byte magic number, the dimensions as big-endian 32-bit integers, then one
 * unsigned byte a value, row-major.
 *
 * <p>Files may be raw or gzipped; which one is told by their first two bytes, not by their name. A file must hold exactly
 * what its header announces: one that is short, long, corrupt or something else altogether is refused with an {@link
 * IdxFormatException}.
 */
public final class IdxReader {

    private static final int IMAGES_MAGIC = 0x00000803;
    private static final int LABELS_MAGIC = 0x00000801;
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

    private IdxReader() {}

    /**
     * Reads images.
     *
     * @param name how to call the file in messages
     * @param in the file's bytes, raw or gzipped; read to its end, not closed
     * @return the images, at least one
     * @throws IdxFormatException if the bytes are not exactly one idx3 file of unsigned bytes
     * @throws IOException if reading fails
     */
    public static IdxArray images(String name, InputStream in) throws IOException {
        Source source = Source.open(name, in);
        source.expectMagic(IMAGES_MAGIC, "images (idx3, unsigned bytes)");
        int count = source.dimension("number of images");
        int rows = source.dimension("number of rows");
        int columns = source.dimension("number of columns");
        byte[] pixels = source.values(count, (long) rows * columns, count + " images of " + rows + " x " + columns);
        return new IdxArray(new int[] {count, rows, columns}, pixels, source.finish());
    }

    /**
     * Reads labels.
     *
     * @param name how to call the file in messages
     * @param in the file's bytes, raw or gzipped; read to its end, not closed
     * @return the labels, at least one
     * @throws IdxFormatException if the bytes are not exactly one idx1 file of unsigned bytes
     * @throws IOException if reading fails
     */
    public static IdxArray labels(String name, InputStream in) throws IOException {
        Source source = Source.open(name, in);
        source.expectMagic(LABELS_MAGIC, "labels (idx1, unsigned bytes)");
        int count = source.dimension("number of labels");
        byte[] values = source.values(count, 1, count + " labels");
        return new IdxArray(new int[] {count}, values, source.finish());
    }

    /** The decompressed bytes of one file, hashed as they are read. */
    private static final class Source {
        private final String name;
        private final DigestInputStream in;

        private Source(String name, DigestInputStream in) {
            this.name = name;
            this.in = in;
        }

        static Source open(String name, InputStream raw) throws IOException {
            BufferedInputStream buffered = new BufferedInputStream(raw, 1 << 16);
            buffered.mark(2);
            boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
            buffered.reset();
            try {
                InputStream plain = gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
                return new Source(name, new DigestInputStream(plain, sha256()));
            } catch (EOFException | ZipException e) {
                throw new IdxFormatException(name, "starts like a gzip file but is not one: " + e.getMessage(), e);
            }
        }

        void expectMagic(int wanted, String what) throws IOException {
            byte[] bytes = read(4);
            if (bytes.length < 4) {
                throw new IdxFormatException(
                        name, "expected " + what + ", got a file of " + bytes.length + " bytes without a magic number");
            }
            int got = bigEndian(bytes);
            if (got != wanted) {
                throw new IdxFormatException(
                        name,
                        String.format(
                                "expected %s with magic number 0x%08x, got 0x%08x (%s)",
                                what, wanted, got, meaning(got)));
            }
        }

        private static String meaning(int magic) {
            if (magic == IMAGES_MAGIC) {
                return "a file of images: are the image and label files exchanged?";
            }
            if (magic == LABELS_MAGIC) {
                return "a file of labels: are the image and label files exchanged?";
            }
            return "not an idx file of this kind";
        }

        int dimension(String what) throws IOException {
            byte[] bytes = read(4);
            if (bytes.length < 4) {
                throw new IdxFormatException(name, "truncated: the file ends inside its header, before the " + what);
            }
            int value = bigEndian(bytes);
            if (value < 1) {
                throw new IdxFormatException(name, what + ": expected at least 1, got " + value);
            }
            return value;
        }

        byte[] values(int count, long bytesEach, String what) throws IOException {
            if (bytesEach > MAX_BYTES / count) {
                throw new IdxFormatException(
                        name, "header announces " + what + ", more than 2 GiB; is it an idx file?");
            }
            int length = (int) (count * bytesEach);
            byte[] bytes = read(length);
            if (bytes.length < length) {
                throw new IdxFormatException(
                        name, "truncated: expected " + length + " bytes of data for " + what + ", got " + bytes.length);
            }
            return bytes;
        }

        String finish() throws IOException {
            if (read(1).length > 0) {
                throw new IdxFormatException(name, "goes on after the data its header announces; expected the end");
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }

        /** Reads up to {@code length} bytes; memory grows with what is there, not with what a header promises. */
        private byte[] read(int length) throws IOException {
            try {
                return in.readNBytes(length);
            } catch (EOFException e) {
                throw new IdxFormatException(name, "truncated: the gzip stream ends early", e);
            } catch (ZipException e) {
                throw new IdxFormatException(name, "corrupt gzip stream: " + e.getMessage(), e);
            }
        }

        private static int bigEndian(byte[] b) {
            return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("SHA-256 is required of every Java platform", e);
            }
        }
    }
}
