package org.jacreg.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the classes of all modules to the rules of the house, and the rules to the faults planted for them. */
class ArchitectureTest {

    private static final String ROOT = "org.jacreg";
    private static final String PLANTED = "org.jacreg.house.planted";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    private static final JavaClasses FAULTS = new ClassFileImporter().importPackages(PLANTED);

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() {
        return new HouseRules(ROOT)
                .all().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(
                                rule.getKey(), () -> rule.getValue().check(MAIN)));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsPlantedFault() {
        return new HouseRules(PLANTED)
                .all().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(
                                rule.getKey(),
                                () -> assertThat(violations(rule.getValue()))
                                        .as("violations of '%s' in %s", rule.getKey(), PLANTED)
                                        .isNotEmpty()));
    }

    private static List<String> violations(ArchRule rule) {
        EvaluationResult result = rule.evaluate(FAULTS);
        return result.getFailureReport().getDetails();
    }

    /** Rules hold trivially for classes that were not found. */
    @Test
    void everyModuleWasSeen() {
        assertThat(classesSeen("org.jacreg.attacks")).as("classes of attacks").isGreaterThan(5);
        assertThat(classesSeen("org.jacreg.bounds")).as("classes of bounds").isGreaterThan(10);
        assertThat(classesSeen("org.jacreg.examples"))
                .as("classes of the examples")
                .isGreaterThan(10);
        assertThat(classesSeen("org.jacreg.graph")
                        + classesSeen("org.jacreg.vjp")
                        + classesSeen("org.jacreg.jacobian")
                        + classesSeen("org.jacreg.regularizer")
                        + classesSeen("org.jacreg.classifier"))
                .as("classes of core")
                .isGreaterThan(40);
    }

    @Test
    void noTestClassWasSeen() {
        assertThat(MAIN.stream().map(JavaClass::getName)).noneMatch(name -> name.startsWith("org.jacreg.house"));
    }

    private static long classesSeen(String packageName) {
        return MAIN.stream()
                .map(JavaClass::getPackageName)
                .filter(p -> p.equals(packageName) || p.startsWith(packageName + "."))
                .count();
    }
}
