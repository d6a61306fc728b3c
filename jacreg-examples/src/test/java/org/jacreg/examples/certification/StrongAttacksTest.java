package org.jacreg.examples.certification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.FittedPerturbation;
import org.jacreg.attacks.threat.Norm;
import org.junit.jupiter.api.Test;

class StrongAttacksTest {

    /** A universal perturbation is fitted before it is an attack, and stands here as a function of its own. */
    @Test
    void noAttackIsForgotten() {
        StrongAttacks attacks = new StrongAttacks(StrongAttacks.Effort.SMALL, 1);
        Set<String> used = new TreeSet<>(Set.of(FittedPerturbation.class.getSimpleName()));
        for (Norm norm : Norm.values()) {
            attacks.nearest(norm, 784, 10)
                    .values()
                    .forEach(attack -> used.add(attack.getClass().getSimpleName()));
            attacks.within(norm, 10)
                    .values()
                    .forEach(at -> used.add(at.apply(0.1).getClass().getSimpleName()));
            assertThat(attacks.within(norm, 10)).containsKey("universal perturbation");
        }
        Set<String> all = new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(Attack.class.getPackageName())
                        .stream()
                        .filter(c -> c.isAssignableTo(Attack.class)
                                && !c.isInterface()
                                && c.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).containsAll(all);
        assertThat(all).hasSizeGreaterThan(15);
    }
}
