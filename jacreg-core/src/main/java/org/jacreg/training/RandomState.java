package org.jacreg.training;

import org.nd4j.linalg.factory.Nd4j;

/** The state of ND4J's random generator of the calling thread, from which graphs draw. */
record RandomState(long root, long node) {

    static RandomState now() {
        return new RandomState(Nd4j.getRandom().rootState(), Nd4j.getRandom().nodeState());
    }

    void restore() {
        Nd4j.getRandom().setStates(root, node);
    }
}
