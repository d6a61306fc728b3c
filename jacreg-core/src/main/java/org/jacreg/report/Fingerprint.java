package org.jacreg.report;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 over numbers and texts, each written with its kind and length, so that two different sequences never give the same bytes.
 *
 * <p>-0.0 and 0.0 are one value. Not thread-safe.
 */
public final class Fingerprint {

    private static final int BLOCK = 1024;

    private final MessageDigest digest;

    /** Starts with nothing. */
    public Fingerprint() {
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Adds a whole number.
     *
     * @param value the number
     * @return this
     */
    public Fingerprint add(long value) {
        digest.update((byte) 'i');
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    /**
     * Adds a text.
     *
     * @param value the text
     * @return this
     */
    public Fingerprint add(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) 's');
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
        return this;
    }

    /**
     * Adds numbers.
     *
     * @param values the numbers; not modified
     * @return this
     */
    public Fingerprint add(double... values) {
        digest.update((byte) 'd');
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(values.length).array());
        ByteBuffer buffer = ByteBuffer.allocate(Double.BYTES * BLOCK);
        for (double value : values) {
            buffer.putLong(Double.doubleToLongBits(value + 0.0));
            if (!buffer.hasRemaining()) {
                digest.update(buffer.flip());
                buffer.clear();
            }
        }
        digest.update(buffer.flip());
        return this;
    }

    /**
     * Adds whole numbers.
     *
     * @param values the numbers; not modified
     * @return this
     */
    public Fingerprint add(int... values) {
        digest.update((byte) 'n');
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(values.length).array());
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * BLOCK);
        for (int value : values) {
            buffer.putInt(value);
            if (!buffer.hasRemaining()) {
                digest.update(buffer.flip());
                buffer.clear();
            }
        }
        digest.update(buffer.flip());
        return this;
    }

    /**
     * The hash of everything that was added. Starts anew.
     *
     * @return 64 hexadecimal digits
     */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
