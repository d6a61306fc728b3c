package org.jacreg.house.planted.bounds;

import org.jacreg.house.planted.attacks.KnowsBounds;
import org.jacreg.house.planted.examples.Application;

/** A bound that knows an attack, which closes a cycle, and an example. */
public final class KnowsAttacksToo {

    String names(KnowsBounds attack, Application application) {
        return attack + " " + application;
    }
}
