package org.jacreg.bounds.certify.vnnlib;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class VnnLibRoundTripProperties {

    private static BigDecimal number(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> BigDecimal.valueOf(random.nextInt(7) - 3);
            case 1 -> new BigDecimal(random.nextGaussian());
            case 2 -> new BigDecimal(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
            default -> BigDecimal.valueOf(random.nextInt(2000) - 1000, random.nextInt(6));
        };
    }

    private static OutputConstraint constraint(Random random, int outputs) {
        Map<Integer, BigDecimal> coefficients = new HashMap<>();
        for (int j = 0; j < outputs; j++) {
            if (random.nextInt(3) > 0) {
                coefficients.put(j, random.nextInt(3) > 0 ? BigDecimal.ONE : number(random));
            }
        }
        return new OutputConstraint(coefficients, random.nextBoolean() ? BigDecimal.ZERO : number(random));
    }

    private static VnnLibProperty property(Random random) {
        int inputs = 1 + random.nextInt(4);
        int outputs = 1 + random.nextInt(4);
        List<VnnLibProperty.Case> cases = new ArrayList<>();
        Set<List<BigDecimal>> boxes = new LinkedHashSet<>();
        for (int k = random.nextInt(5); k > 0; k--) {
            List<BigDecimal> lower = new ArrayList<>();
            List<BigDecimal> upper = new ArrayList<>();
            for (int i = 0; i < inputs; i++) {
                BigDecimal a = number(random);
                BigDecimal b = random.nextInt(5) == 0 ? a : number(random);
                lower.add(Decimals.normal(a.min(b)));
                upper.add(a.max(b));
            }
            List<List<OutputConstraint>> alternatives = new ArrayList<>();
            for (int a = 1 + random.nextInt(3); a > 0; a--) {
                Set<OutputConstraint> all = new LinkedHashSet<>();
                for (int c = random.nextInt(4); c > 0; c--) {
                    all.add(constraint(random, outputs));
                }
                alternatives.add(List.copyOf(all));
            }
            // cases with one box are one case
            if (boxes.add(lower)) {
                cases.add(new VnnLibProperty.Case(lower, upper, alternatives));
            }
        }
        return new VnnLibProperty(inputs, outputs, cases);
    }

    @Property(seed = "41")
    void whatIsWrittenIsReadBack(@ForAll long seed) {
        VnnLibProperty property = property(new Random(seed));
        String text = VnnLibWriter.text(property, "seed " + seed + "\n(assert nothing)");
        assertThat(VnnLibReader.parse(text)).isEqualTo(property);
    }

    /** The nearest numbers of a type on either side, found without the code that looks for them. */
    @Property(seed = "42")
    void boundsAreRoundedOutwardAndNoFurther(@ForAll long seed) {
        BigDecimal value = number(new Random(seed));
        double down = Decimals.down(value);
        assertThat(new BigDecimal(down)).isLessThanOrEqualTo(value);
        assertThat(new BigDecimal(Math.nextUp(down))).isGreaterThan(value);
        double up = Decimals.up(value);
        assertThat(new BigDecimal(up)).isGreaterThanOrEqualTo(value);
        assertThat(new BigDecimal(Math.nextDown(up))).isLessThan(value);
        float floatDown = Decimals.floatDown(value);
        assertThat(new BigDecimal(floatDown)).isLessThanOrEqualTo(value);
        assertThat(new BigDecimal(Math.nextUp(floatDown))).isGreaterThan(value);
        float floatUp = Decimals.floatUp(value);
        assertThat(new BigDecimal(floatUp)).isGreaterThanOrEqualTo(value);
        assertThat(new BigDecimal(Math.nextDown(floatUp))).isLessThan(value);
    }
}
