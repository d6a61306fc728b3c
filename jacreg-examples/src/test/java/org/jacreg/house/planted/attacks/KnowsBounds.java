package org.jacreg.house.planted.attacks;

import org.jacreg.house.planted.bounds.KnowsAttacksToo;

/** An attack that knows a bound. */
public final class KnowsBounds {

    String name(KnowsAttacksToo bound) {
        return bound.toString();
    }
}
