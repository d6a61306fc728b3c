package org.jacreg.graph;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Builds a SameDiff gradient graph without the line per op that ND4J 1.0.0-M2.1 prints to standard output.
 *
 * <p>SameDiff writes "Added differentiated op ..." straight to {@code System.out}. While a gradient graph is built here,
 * those lines are dropped and everything else passes, from any thread; the stream is put back afterwards, even on failure.
 * Gradient graphs that the user's own calls build are none of our business and print as ever.
 */
public final class QuietGradients {

    private static final String NOISE = "Added differentiated op ";
    private static final String GRADIENT_FUNCTION = "grad";
    private static final Object LOCK = new Object();

    private QuietGradients() {}

    /**
     * Builds the gradient function of a graph, if there is none.
     *
     * @param sd the graph; gains its "grad" function, as by {@link SameDiff#createGradFunction(String...)}, with the array
     *     cache switched off
     * @param variables further variables that need gradients, for example an input placeholder
     */
    public static void create(SameDiff sd, String... variables) {
        synchronized (LOCK) {
            PrintStream original = System.out;
            PrintStream filtered = new PrintStream(new LineFilter(original), true, StandardCharsets.UTF_8);
            System.setOut(filtered);
            try {
                sd.createGradFunction(variables);
                // The array cache of ND4J 1.0.0-M2.1 hands out arrays that are still in use: from the second step of a
                // fit
                // on, graphs with linear() train on wrong gradients. calculateGradients switches it off for itself.
                Objects.requireNonNull(sd.getFunction(GRADIENT_FUNCTION)).setEnableCache(false);
            } finally {
                filtered.flush();
                if (System.out == filtered) {
                    System.setOut(original);
                }
            }
        }
    }

    /** Passes on whole lines, but for those that start with the noise; a rest without line end passes on flush. */
    private static final class LineFilter extends FilterOutputStream {

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        LineFilter(PrintStream target) {
            super(target);
        }

        @Override
        public synchronized void write(int b) throws IOException {
            line.write(b);
            if (b == '\n') {
                pass();
            }
        }

        @Override
        public synchronized void flush() throws IOException {
            String rest = line.toString(StandardCharsets.UTF_8);
            if (!NOISE.startsWith(rest) && !rest.startsWith(NOISE)) {
                pass();
            }
            out.flush();
        }

        private void pass() throws IOException {
            if (!line.toString(StandardCharsets.UTF_8).startsWith(NOISE)) {
                line.writeTo(out);
            }
            line.reset();
        }
    }
}
