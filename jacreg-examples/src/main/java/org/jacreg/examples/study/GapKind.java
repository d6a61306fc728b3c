package org.jacreg.examples.study;

import java.util.function.ToDoubleFunction;
import org.jacreg.examples.gaps.Risks;

/** The measured gaps: how much worse a network is on test digits than on those it was trained on. */
public enum GapKind {
    /** Accuracy without attack. */
    STANDARD_ACCURACY("standard, accuracy", risks -> risks.accuracy().drop()),
    /** Cross-entropy without attack. */
    STANDARD_LOSS("standard, loss", risks -> risks.loss().rise()),
    /** Accuracy under PGD, l_inf. */
    LINF_ACCURACY("robust l_inf, accuracy", risks -> risks.linfAccuracy().drop()),
    /** Loss under PGD, l_inf. */
    LINF_LOSS("robust l_inf, loss", risks -> risks.linfLoss().rise()),
    /** Accuracy under PGD, l2. */
    L2_ACCURACY("robust l2, accuracy", risks -> risks.l2Accuracy().drop()),
    /** Loss under PGD, l2. */
    L2_LOSS("robust l2, loss", risks -> risks.l2Loss().rise());

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // every constant gets a lambda without state
    private final ToDoubleFunction<Risks> value;

    GapKind(String label, ToDoubleFunction<Risks> value) {
        this.label = label;
        this.value = value;
    }

    String label() {
        return label;
    }

    double of(Risks risks) {
        return value.applyAsDouble(risks);
    }
}
