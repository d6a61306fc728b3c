package org.jacreg.training;

/** Is told of every step and epoch of a {@link RobustTrainer}, in its thread and between steps: so it should be quick. */
@FunctionalInterface
public interface TrainingProgress {

    /**
     * A step is done.
     *
     * @param epoch the epoch of this run, from 1
     * @param epochs the number of epochs of this run
     * @param step the step of this epoch, from 1; how many there are is not known
     * @param loss the sum of the loss variables before the step's update, without the regularization of the training
     *     configuration
     */
    record Step(int epoch, int epochs, int step, double loss) {}

    /**
     * A step is done.
     *
     * @param step which
     */
    void stepDone(Step step);

    /**
     * An epoch is done, its validation too.
     *
     * @param epoch its record
     */
    default void epochDone(EpochRecord epoch) {}
}
