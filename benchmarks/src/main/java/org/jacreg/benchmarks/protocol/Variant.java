package org.jacreg.benchmarks.protocol;

/**
 * A way to do a job on a network.
 *
 * @param network for example {@code mlp}
 * @param job for example {@code frobenius}
 * @param name for example {@code hand}
 */
public record Variant(String network, String job, String name) {

    /**
     * Reads what {@link #toString} writes.
     *
     * @param text three words
     * @return the variant
     */
    public static Variant parse(String text) {
        String[] words = text.split(" ", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("expected 'NET JOB VARIANT', got '" + text + "'");
        }
        return new Variant(words[0], words[1], words[2]);
    }

    @Override
    public String toString() {
        return network + " " + job + " " + name;
    }
}
