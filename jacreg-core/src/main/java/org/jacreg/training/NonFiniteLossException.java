package org.jacreg.training;

/** A loss or a penalty was infinite or not a number; no weight was updated with it. */
public final class NonFiniteLossException extends ArithmeticException {

    private static final long serialVersionUID = 1L;

    private final String term;
    private final double value;
    private final int epoch;
    private final int iteration;

    NonFiniteLossException(String term, double value, int epoch, int iteration, String explanation) {
        super("'" + term + "' is " + value + " at iteration " + iteration + ", epoch " + epoch + "; " + explanation);
        this.term = term;
        this.value = value;
        this.epoch = epoch;
        this.iteration = iteration;
    }

    /**
     * What is not finite.
     *
     * @return the name of a loss variable or of a penalty
     */
    public String term() {
        return term;
    }

    /**
     * Its value.
     *
     * @return infinite or NaN
     */
    public double value() {
        return value;
    }

    /**
     * The epoch it happened in.
     *
     * @return the training configuration's count
     */
    public int epoch() {
        return epoch;
    }

    /**
     * The step it happened in.
     *
     * @return the training configuration's count
     */
    public int iteration() {
        return iteration;
    }
}
