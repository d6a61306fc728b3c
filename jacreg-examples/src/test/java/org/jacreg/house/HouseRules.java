package org.jacreg.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The rules of the house for all classes below one root package, by name. */
final class HouseRules {

    private static final String SAMEDIFF_INTERNALS = "org.nd4j.autodiff.samediff.internal..";

    /** Touches standard output in order to keep ND4J from printing to it: no logger can do that. */
    private static final String CONSOLE_GUARD = "QuietGradients";

    private final String root;

    HouseRules(String root) {
        this.root = root;
    }

    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("core knows no other module", coreKnowsNoOtherModule());
        rules.put("attacks do not know bounds", stranger("attacks", "bounds"));
        rules.put("bounds do not know attacks", stranger("bounds", "attacks"));
        rules.put("libraries do not know the examples", librariesDoNotKnowExamples());
        rules.put("SameDiff internals stay in graph and runtime", internalsStayInTwoPackages());
        rules.put("no cycles between packages", noCycles());
        rules.put("no package named util", noUtil());
        rules.put("nothing but the examples writes to the console", noConsole());
        rules.put("concrete classes are final", concreteClassesAreFinal());
        rules.put("static fields are final", staticFieldsAreFinal());
        rules.put("no mutable public constants", noMutablePublicConstants());
        return rules;
    }

    private ArchRule coreKnowsNoOtherModule() {
        DescribedPredicate<JavaClass> others = below("attacks", "bounds", "examples", "benchmarks");
        return ArchRuleDefinition.noClasses()
                .that(resideInAPackage(root + "..").and(not(others)))
                .should()
                .dependOnClassesThat(others)
                .allowEmptyShould(true);
    }

    private ArchRule stranger(String one, String other) {
        return ArchRuleDefinition.noClasses()
                .that(below(one))
                .should()
                .dependOnClassesThat(below(other))
                .allowEmptyShould(true);
    }

    private ArchRule librariesDoNotKnowExamples() {
        DescribedPredicate<JavaClass> applications = below("examples", "benchmarks");
        return ArchRuleDefinition.noClasses()
                .that(not(applications))
                .should()
                .dependOnClassesThat(applications)
                .allowEmptyShould(true);
    }

    private ArchRule internalsStayInTwoPackages() {
        return ArchRuleDefinition.noClasses()
                .that(not(below("graph", "runtime")))
                .should()
                .dependOnClassesThat(resideInAPackage(SAMEDIFF_INTERNALS))
                .allowEmptyShould(true);
    }

    private ArchRule noCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    private ArchRule noUtil() {
        return ArchRuleDefinition.noClasses()
                .should(ArchConditions.resideInAnyPackage(new String[] {"..util..", "..utils.."}))
                .allowEmptyShould(true);
    }

    private ArchRule noConsole() {
        return ArchRuleDefinition.noClasses()
                .that(not(below("examples")).and(not(simpleName(CONSOLE_GUARD))))
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .allowEmptyShould(true);
    }

    private ArchRule concreteClassesAreFinal() {
        DescribedPredicate<JavaClass> concrete = DescribedPredicate.describe(
                "are concrete classes",
                c -> !c.isInterface()
                        && !c.isEnum()
                        && !c.isAnonymousClass()
                        && !c.getModifiers().contains(JavaModifier.ABSTRACT)
                        && !isEnumConstantBody(c));
        return ArchRuleDefinition.classes()
                .that(concrete.and(not(INTERFACES)))
                .should()
                .haveModifier(JavaModifier.FINAL)
                .allowEmptyShould(true);
    }

    private static boolean isEnumConstantBody(JavaClass c) {
        return c.getRawSuperclass().map(JavaClass::isEnum).orElse(false);
    }

    private ArchRule staticFieldsAreFinal() {
        return ArchRuleDefinition.fields().that().areStatic().should().beFinal().allowEmptyShould(true);
    }

    private ArchRule noMutablePublicConstants() {
        DescribedPredicate<JavaField> mutable = DescribedPredicate.describe(
                "hold an array, a graph or another value that can be changed", HouseRules::isMutable);
        return ArchRuleDefinition.noFields()
                .that()
                .areStatic()
                .and()
                .arePublic()
                .should(ArchCondition.from(mutable))
                .allowEmptyShould(true);
    }

    private static boolean isMutable(JavaField field) {
        JavaClass type = field.getRawType();
        return type.isArray()
                || type.isAssignableTo(INDArray.class)
                || type.isAssignableTo(SameDiff.class)
                || type.isAssignableTo(Collection.class)
                || type.isAssignableTo(Map.class)
                || type.isAssignableTo(AtomicInteger.class)
                || type.isAssignableTo(AtomicLong.class)
                || type.isAssignableTo(AtomicBoolean.class)
                || type.isAssignableTo(AtomicReference.class);
    }

    private DescribedPredicate<JavaClass> below(String... packages) {
        String[] identifiers = new String[packages.length];
        for (int i = 0; i < packages.length; i++) {
            identifiers[i] = root + "." + packages[i] + "..";
        }
        return resideInAnyPackage(identifiers);
    }
}
