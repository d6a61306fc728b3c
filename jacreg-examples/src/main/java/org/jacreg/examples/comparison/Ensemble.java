package org.jacreg.examples.comparison;

import org.jacreg.attacks.Attack;
import org.jacreg.attacks.Pgd;

/** The strongest attack of the exam. */
final class Ensemble {

    private Ensemble() {}

    static Attack linf(double epsilon, long seed) {
        return Pgd.linf(epsilon).steps(100).restarts(5).seed(seed).build();
    }
}
