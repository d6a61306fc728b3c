package org.jacreg.bounds.certify.vnnlib;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes VNN-LIB 1.0 that {@link VnnLibReader} reads back to an equal property. Numbers are written as plain decimals with all their
 * digits.
 *
 * <p>A property of one case becomes one assertion for every bound and one for the alternatives; one of several cases becomes a single
 * {@code (or (and ...) ...)}, as the competitions' files have it.
 */
public final class VnnLibWriter {

    private final VnnLibProperty property;
    private final StringBuilder text = new StringBuilder();

    private VnnLibWriter(VnnLibProperty property) {
        this.property = property;
    }

    /**
     * Writes a file.
     *
     * @param property what to write
     * @param comment lines that come first; may be empty
     * @param file where to
     * @throws IOException if writing fails
     */
    public static void write(VnnLibProperty property, String comment, Path file) throws IOException {
        Files.writeString(file, text(property, comment), StandardCharsets.UTF_8);
    }

    /**
     * Writes a text.
     *
     * @param property what to write
     * @param comment lines that come first; may be empty
     * @return the text
     */
    public static String text(VnnLibProperty property, String comment) {
        return new VnnLibWriter(property).write(comment);
    }

    private String write(String comment) {
        comment.lines().forEach(line -> text.append("; ").append(line).append('\n'));
        for (int i = 0; i < property.inputs(); i++) {
            text.append("(declare-const X_").append(i).append(" Real)\n");
        }
        for (int j = 0; j < property.outputs(); j++) {
            text.append("(declare-const Y_").append(j).append(" Real)\n");
        }
        text.append('\n');
        if (property.cases().isEmpty()) {
            writeContradiction();
        } else if (property.cases().size() == 1) {
            VnnLibProperty.Case only = property.cases().get(0);
            bounds(only).forEach(this::writeAssertion);
            writeAlternatives(only.alternatives());
        } else {
            writeAssertion(group("or", alternatives(), "\n    "));
        }
        return text.toString();
    }

    /** Nothing violates it. */
    private void writeContradiction() {
        for (int i = 0; i < property.inputs(); i++) {
            writeAssertion("(>= X_" + i + " 1)");
            writeAssertion("(<= X_" + i + " 0)");
        }
    }

    private void writeAssertion(String condition) {
        text.append("(assert ").append(condition).append(")\n");
    }

    private void writeAlternatives(List<List<OutputConstraint>> alternatives) {
        if (alternatives.size() == 1) {
            alternatives.get(0).stream().map(VnnLibWriter::condition).forEach(this::writeAssertion);
        } else if (alternatives.stream().noneMatch(List::isEmpty)) {
            List<String> all = alternatives.stream()
                    .map(conditions -> group(
                            "and",
                            conditions.stream().map(VnnLibWriter::condition).toList(),
                            " "))
                    .toList();
            writeAssertion(group("or", all, "\n    "));
        } else {
            writeAssertion(group("or", alternatives(), "\n    "));
        }
    }

    /** Every alternative with its box. */
    private List<String> alternatives() {
        List<String> result = new ArrayList<>();
        for (VnnLibProperty.Case one : property.cases()) {
            for (List<OutputConstraint> conditions : one.alternatives()) {
                List<String> all = new ArrayList<>(bounds(one));
                conditions.forEach(condition -> all.add(condition(condition)));
                result.add(group("and", all, " "));
            }
        }
        return result;
    }

    private static List<String> bounds(VnnLibProperty.Case one) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < one.lower().size(); i++) {
            result.add("(>= X_" + i + " " + number(one.lower().get(i)) + ")");
            result.add("(<= X_" + i + " " + number(one.upper().get(i)) + ")");
        }
        return result;
    }

    private static String group(String head, List<String> parts, String between) {
        return "(" + head + between + String.join(between, parts) + ")";
    }

    /** {@code Y_i <= Y_j} and {@code Y_i <= b} as one writes them; anything else as a sum. */
    private static String condition(OutputConstraint constraint) {
        Map<Integer, BigDecimal> terms = constraint.coefficients();
        List<String> positive = new ArrayList<>();
        List<String> negative = new ArrayList<>();
        terms.forEach((j, a) -> (a.signum() > 0 ? positive : negative).add(term(j, a.abs())));
        BigDecimal bound = constraint.constant().negate();
        if (positive.isEmpty() && !negative.isEmpty()) {
            return "(>= " + sum(negative) + " " + number(bound.negate()) + ")";
        }
        if (bound.signum() == 0 && !negative.isEmpty()) {
            return "(<= " + sum(positive) + " " + sum(negative) + ")";
        }
        String left = negative.isEmpty() ? sum(positive) : "(- " + sum(positive) + " " + sum(negative) + ")";
        return "(<= " + left + " " + number(bound) + ")";
    }

    private static String term(int output, BigDecimal factor) {
        return factor.compareTo(BigDecimal.ONE) == 0 ? "Y_" + output : "(* " + number(factor) + " Y_" + output + ")";
    }

    private static String sum(List<String> terms) {
        return switch (terms.size()) {
            case 0 -> "0";
            case 1 -> terms.get(0);
            default -> group("+", terms, " ");
        };
    }

    private static String number(BigDecimal value) {
        return value.toPlainString();
    }
}
