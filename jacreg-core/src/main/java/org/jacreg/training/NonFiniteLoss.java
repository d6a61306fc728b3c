package org.jacreg.training;

/** Where a {@link RobustTrainer} leaves the graph when a loss or penalty is infinite or not a number. It stops in any case. */
public enum NonFiniteLoss {

    /** At the weights that gave that loss: the last update stays. Costs nothing. */
    STOP,

    /**
     * At the last weights with a finite loss, and their updater state: the last update is taken back. Keeps a copy of both,
     * made anew before every update.
     */
    STOP_AND_RESTORE
}
