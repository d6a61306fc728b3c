package org.jacreg.examples.certification;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** No attack succeeds within a certified radius, and none finds a margin below a certified one, on random networks. */
class ZeroViolationsProperties {

    @Property(tries = 1500, seed = "20", shrinking = ShrinkingMode.OFF)
    void cheapAttacksOnManyNetworks(@ForAll long seed) {
        RandomProblem problem = RandomProblem.of(seed, 3);
        CertificateCheck check = problem.certified();
        RandomProblem.attackCheaply(check, problem.norm(), seed);
        assertThat(check.violations()).as("%s", problem.net().architecture()).isEmpty();
    }

    @Property(tries = 25, seed = "21", shrinking = ShrinkingMode.OFF)
    void allAttacksOnSomeNetworks(@ForAll long seed) {
        RandomProblem problem = RandomProblem.of(seed, 2);
        CertificateCheck check = problem.certified();
        check.judgeSamples();
        new StrongAttacks(StrongAttacks.Effort.SMALL, seed).run(check, problem.norm(), 1);
        assertThat(check.violations()).as("%s", problem.net().architecture()).isEmpty();
        assertThat(check.attacked()).hasSizeGreaterThan(8);
    }

    /** Bounds of margins and of the loss at a radius at which the class need not win any more. */
    @Property(tries = 300, seed = "22", shrinking = ShrinkingMode.OFF)
    void boundsAtRandomRadii(@ForAll long seed) {
        RandomProblem problem = RandomProblem.of(seed, 2);
        CertificateCheck check = problem.unclaimed();
        double radius = RandomProblem.radius(seed);
        problem.claimBounds(check, radius, 0);
        RandomProblem.attackCheaply(check, problem.norm(), seed);
        assertThat(check.violations()).as("%s", problem.net().architecture()).isEmpty();
    }
}
