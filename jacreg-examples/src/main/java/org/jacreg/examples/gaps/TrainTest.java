package org.jacreg.examples.gaps;

/**
 * A mean over digits that were trained on, and over digits that were not.
 *
 * @param train over the first
 * @param test over the second
 */
public record TrainTest(double train, double test) {

    /**
     * How much it rises from training to test: the gap of a loss.
     *
     * @return {@code test - train}
     */
    public double rise() {
        return test - train;
    }

    /**
     * How much it falls from training to test: the gap of an accuracy.
     *
     * @return {@code train - test}
     */
    public double drop() {
        return train - test;
    }
}
