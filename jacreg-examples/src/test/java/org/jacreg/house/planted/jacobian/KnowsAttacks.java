package org.jacreg.house.planted.jacobian;

import java.util.concurrent.atomic.AtomicInteger;
import org.jacreg.house.planted.attacks.KnowsBounds;

/** Core that knows an attack, is not final, prints, and keeps mutable statics. */
class KnowsAttacks {

    public static final AtomicInteger COUNTER = new AtomicInteger();

    static int calls;

    void run(KnowsBounds attack) {
        System.out.println(attack);
    }
}
