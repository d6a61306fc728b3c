package org.jacreg.bounds.certify.vnnlib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VnnLibReaderTest {

    private static final String DECLARED = """
            (declare-const X_0 Real)
            (declare-const X_1 Real)
            (declare-const Y_0 Real)
            (declare-const Y_1 Real)
            (declare-const Y_2 Real)
            """;

    private static final String BOX = """
            (assert (>= X_0 -0.5)) (assert (<= X_0 0.5))
            (assert (>= X_1 0)) (assert (<= X_1 1e-1))
            """;

    private static BigDecimal number(String text) {
        return new BigDecimal(text);
    }

    private static List<BigDecimal> numbers(String... texts) {
        return java.util.Arrays.stream(texts)
                .map(BigDecimal::new)
                .map(Decimals::normal)
                .toList();
    }

    private static OutputConstraint condition(String constant, Object... outputsAndFactors) {
        Map<Integer, BigDecimal> coefficients = new java.util.HashMap<>();
        for (int i = 0; i < outputsAndFactors.length; i += 2) {
            coefficients.put((Integer) outputsAndFactors[i], number((String) outputsAndFactors[i + 1]));
        }
        return new OutputConstraint(coefficients, number(constant));
    }

    /** As in collision avoidance: five inputs, the advisory with the least score wins, and two advisories are forbidden. */
    @Test
    void readsAFileOfTheCollisionAvoidanceKind() {
        VnnLibProperty property = VnnLibReader.parse("""
                ; the first advisory must not lose to the last two
                (declare-const X_0 Real)
                (declare-const X_1 Real)
                (declare-const X_2 Real)
                (declare-const X_3 Real)
                (declare-const X_4 Real)

                (declare-const Y_0 Real)
                (declare-const Y_1 Real)
                (declare-const Y_2 Real)
                (declare-const Y_3 Real)
                (declare-const Y_4 Real)

                ; distance and angles, normalised
                (assert (<= X_0 0.679857769))
                (assert (>= X_0 0.6))
                (assert (<= X_1 0.5))
                (assert (>= X_1 -0.5))
                (assert (<= X_2 0.5))
                (assert (>= X_2 -0.5))
                (assert (<= X_3 0.5))
                (assert (>= X_3 0.45))
                (assert (<= X_4 -0.45))
                (assert (>= X_4 -0.5))

                (assert (or
                    (and (<= Y_3 Y_0) (<= Y_3 Y_1) (<= Y_3 Y_2))
                    (and (<= Y_4 Y_0) (<= Y_4 Y_1) (<= Y_4 Y_2))
                ))
                """);
        assertThat(property.inputs()).isEqualTo(5);
        assertThat(property.outputs()).isEqualTo(5);
        VnnLibProperty.Case only = property.cases().get(0);
        assertThat(property.cases()).hasSize(1);
        assertThat(only.lower()).isEqualTo(numbers("0.6", "-0.5", "-0.5", "0.45", "-0.5"));
        assertThat(only.upper()).isEqualTo(numbers("0.679857769", "0.5", "0.5", "0.5", "-0.45"));
        assertThat(only.alternatives())
                .containsExactly(
                        List.of(
                                OutputConstraint.atMost(3, 0),
                                OutputConstraint.atMost(3, 1),
                                OutputConstraint.atMost(3, 2)),
                        List.of(
                                OutputConstraint.atMost(4, 0),
                                OutputConstraint.atMost(4, 1),
                                OutputConstraint.atMost(4, 2)));
    }

    @Test
    void readsSeveralBoxesOfInputs() {
        VnnLibProperty property = VnnLibReader.parse(DECLARED + """
                (assert (or
                  (and (>= X_0 0.1) (<= X_0 0.2) (>= X_1 0) (<= X_1 1) (>= Y_1 Y_0))
                  (and (>= X_0 0.8) (<= X_0 0.9) (>= X_1 0) (<= X_1 1) (>= Y_2 Y_0))
                  (and (>= X_0 0.10) (<= X_0 0.2) (>= X_1 0) (<= X_1 1.0) (>= Y_2 2e2))
                  (and (>= X_0 0.3) (<= X_0 0.2) (>= X_1 0) (<= X_1 1.0))
                ))
                """);
        assertThat(property.cases()).hasSize(2);
        assertThat(property.cases().get(0).upper()).isEqualTo(numbers("0.2", "1"));
        assertThat(property.cases().get(0).alternatives())
                .containsExactly(List.of(OutputConstraint.atMost(0, 1)), List.of(condition("200", 2, "-1")));
        assertThat(property.cases().get(1).lower()).isEqualTo(numbers("0.8", "0"));
        assertThat(property.cases().get(1).alternatives()).containsExactly(List.of(OutputConstraint.atMost(0, 2)));
    }

    @Test
    void readsLinearTermsOfAllForms() {
        VnnLibProperty property = VnnLibReader.parse(DECLARED + BOX + """
                (assert (<= (+ (* 2 Y_0) Y_1 -1) 3.0))
                (assert (>= (- Y_0 Y_1 0.5) (- Y_2)))
                (assert (<= (* Y_0 -1.5e-3 (+ 1 1)) (- 7)))
                (assert (and (<= Y_0 4) (and (>= 5 Y_1))))
                """);
        assertThat(property.cases().get(0).alternatives().get(0))
                .containsExactly(
                        condition("-4", 0, "2", 1, "1"),
                        condition("0.5", 0, "-1", 1, "1", 2, "-1"),
                        condition("7", 0, "-0.003"),
                        condition("-4", 0, "1"),
                        condition("-5", 1, "1"));
    }

    @Test
    void readsBoundsOnEitherSideAndKeepsTheNarrowest() {
        VnnLibProperty property = VnnLibReader.parse(DECLARED + """
                (assert (and (<= 0.25 X_0) (<= (* 2 X_0) 1) (>= X_0 -1) (<= X_0 8)))
                (assert (>= (- 3 (* 4 X_1)) 1)) (assert (<= (- X_1) 0.5))
                (assert (<= X_1 X_1))
                """);
        assertThat(property.cases().get(0).lower()).isEqualTo(numbers("0.25", "-0.5"));
        assertThat(property.cases().get(0).upper()).isEqualTo(numbers("0.5", "0.5"));
    }

    @Test
    void nestedChoicesMultiplyOut() {
        VnnLibProperty property = VnnLibReader.parse(DECLARED + BOX + """
                (assert (or (<= Y_0 1) (and (<= Y_0 2) (or (<= Y_1 3) (<= Y_1 4)))))
                (assert (or (<= Y_2 5) (<= Y_2 6)))
                """);
        assertThat(property.cases()).hasSize(1);
        assertThat(property.cases().get(0).alternatives())
                .extracting(List::size)
                .containsExactly(2, 2, 3, 3, 3, 3);
        assertThat(property.cases().get(0).alternatives().get(3))
                .containsExactly(condition("-2", 0, "1"), condition("-3", 1, "1"), condition("-6", 2, "1"));
    }

    @Test
    void whitespaceAndCommentsDoNotMatter(@TempDir Path folder) throws IOException {
        VnnLibProperty property = VnnLibReader.parse(DECLARED + BOX + "(assert(<= Y_0 Y_1))");
        String loose = ("\uFEFF;first\r\n" + DECLARED + BOX + "(assert(<=\tY_0;why\n Y_1 ) ) ; (assert (\r")
                .replace(" ", "  ")
                .replace("\n", "\r\n");
        assertThat(VnnLibReader.parse(loose)).isEqualTo(property);
        Path file = Files.writeString(folder.resolve("a.vnnlib"), loose);
        assertThat(VnnLibReader.read(file)).isEqualTo(property);
    }

    @Test
    void contradictionsLeaveNoCase() {
        assertThat(VnnLibReader.parse(DECLARED + BOX + "(assert (>= X_0 0.6))").cases())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "(assert (< Y_0 Y_1))           | 1  | 9  | '(< ...)'            | (<= a b)",
                "(assert (= Y_0 Y_1))           | 1  | 9  | '(= ...)'            | (>= a b)",
                "(assert (not (<= Y_0 Y_1)))    | 1  | 9  | '(not ...)'          | (or ...)",
                "(assert (=> a b))              | 1  | 9  | '(=> ...)'           | (and ...)",
                "(assert true)                  | 1  | 9  | 'true'               | (<= a b)",
                "(assert (<= Y_0 Y_1 Y_2))      | 1  | 9  | with 3 arguments     | (<= a b)",
                "(assert (<= Y_0))              | 1  | 9  | with 1 arguments     | (<= a b)",
                "(assert (<= Y_0 Y_7))          | 1  | 17 | 'Y_7'                | declared variable",
                "(assert (<= Y_0 Z_1))          | 1  | 17 | 'Z_1'                | declared variable",
                "(assert (<= Y_0 0x10))         | 1  | 17 | '0x10'               | a number",
                "(assert (<= Y_0 NaN))          | 1  | 17 | 'NaN'                | a number",
                "(assert (<= Y_0 1.2.3))        | 1  | 17 | '1.2.3'              | a number",
                "(assert (<= Y_0 1e99999))      | 1  | 17 | '1e99999'            | a number",
                "(assert (<= Y_0 (/ 1 2)))      | 1  | 17 | '(/ ...)'            | (* number ...)",
                "(assert (<= Y_0 (+)))          | 1  | 17 | '(+ ...)'            | (+ ...)",
                "(assert (<= Y_0 ()))           | 1  | 17 | a list               | a number",
                "(assert (<= (* Y_0 Y_1) 2))    | 1  | 13 | product of variables | numbers alone",
                "(assert (<= X_0 X_1))          | 1  | 9  | X_0                  | one input by itself",
                "(assert (<= X_0 Y_1))          | 1  | 9  | Y_1                  | outputs alone",
                "(assert (<= (* 3 X_0) 1))      | 1  | 9  | no decimal number    | (<= X_0 0.5)",
                "(assert (or))                  | 1  | 9  | '(or ...)'           | at least one",
                "(assert (and))                 | 1  | 9  | '(and ...)'          | at least one",
                "(assert)                       | 1  | 1  | '(assert ...)'       | (assert <condition>)",
                "(check-sat)                    | 1  | 1  | '(check-sat ...)'    | (assert ...)",
                "((assert))                     | 1  | 1  | a list               | (assert ...)",
                "(declare-const Y_0 Real)       | 1  | 16 | second declaration   | one declaration",
                "(declare-const Y_01 Real)      | 1  | 1  | 'declare-const       | Y_<j>",
                "(declare-const W_1 Real)       | 1  | 1  | '(declare-const      | X_<i>",
                "(declare-const X_9 Int)        | 1  | 20 | 'Int'                | 'Real'",
                "(declare-const X_9)            | 1  | 1  | '(declare-const      | Real",
                "(declare-const X_9 Real)       | 1  | 1  | X_2                  | all that follow",
                "(assert (<= Y_0 1)             | 2  | 1  | end of the text      | line 1, column 1",
                "(assert (<= Y_0 1)))           | 1  | 20 | ')' without '('      | end of the text",
                "assert                         | 1  | 1  | 'a'                  | '('",
            })
    void refusesWithPlaceWhatCameAndWhatWasWanted(String bad, int line, int column, String came, String wanted) {
        // the bad line is the last but one, so that lines before it count
        String text = DECLARED + BOX + bad.trim() + "\n";
        VnnLibSyntaxException refused =
                catchThrowableOfType(VnnLibSyntaxException.class, () -> VnnLibReader.parse(text));
        int before = (int) (DECLARED + BOX).lines().count();
        String shown = came.replace("'declare-const", "'(declare-const").replace("...", "");
        assertThat(refused).hasMessageContaining(shown.replace("( )", "(").replaceAll("\\)?'$", ""));
        assertThat(refused).hasMessageContaining(wanted.replace("line 1", "line " + (before + 1)));
        assertThat(refused).hasMessageStartingWith("line " + refused.line() + ", column " + refused.column() + ":");
        assertThat(refused.line()).isEqualTo(before + line);
        assertThat(refused.column()).isEqualTo(column);
    }

    @Test
    void refusesWhatIsNotWhole() {
        assertThat(message("")).contains("no declaration of X_0");
        assertThat(message("(declare-const X_0 Real)")).contains("no declaration of Y_0");
        assertThat(message(DECLARED)).contains("no lower bound of X_0");
        assertThat(message(DECLARED + "(assert (and (<= X_0 1) (>= X_0 0) (>= X_1 1)))"))
                .contains("no upper bound of X_1");
        assertThat(message("(".repeat(100_000))).contains("501 deep");
        String choice = "(assert (or (<= Y_0 1) (<= Y_0 2)))\n";
        assertThat(message(DECLARED + BOX + choice.repeat(20))).contains("131072 alternatives");
    }

    private static String message(String text) {
        return catchThrowableOfType(VnnLibSyntaxException.class, () -> VnnLibReader.parse(text))
                .getMessage();
    }

    @Test
    void aReversedInequalityIsAnotherProperty() {
        VnnLibProperty one = VnnLibReader.parse(DECLARED + BOX + "(assert (<= Y_0 Y_1))");
        VnnLibProperty other = VnnLibReader.parse(DECLARED + BOX + "(assert (>= Y_0 Y_1))");
        double[] x = {0, 0};
        assertThat(one.violatedBy(x, new double[] {1, 2, 0})).isTrue();
        assertThat(other.violatedBy(x, new double[] {1, 2, 0})).isFalse();
        assertThat(one.violatedBy(x, new double[] {1, 1, 0})).isTrue();
        assertThat(one.violatedBy(new double[] {0, .11}, new double[] {1, 2, 0}))
                .isFalse();
        // the double next to 0.1 lies above it
        assertThat(one.violatedBy(new double[] {0, .1}, new double[] {1, 2, 0})).isFalse();
        assertThat(one.violatedBy(x, new double[] {Double.NaN, 2, 0})).isFalse();
    }
}
