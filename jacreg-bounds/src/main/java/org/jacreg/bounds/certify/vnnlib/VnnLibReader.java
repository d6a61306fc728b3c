package org.jacreg.bounds.certify.vnnlib;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.bounds.certify.vnnlib.Expression.Group;

/**
 * Reads VNN-LIB 1.0.
 *
 * <p>A file is a sequence of {@code (declare-const X_<i> Real)}, {@code (declare-const Y_<j> Real)} and {@code (assert ...)}. Conditions are
 * {@code <=} and {@code >=} between two linear terms, {@code and} and {@code or} of conditions; terms are numbers ({@code -1},
 * {@code 2.5}, {@code 1e-3}), variables, {@code +}, {@code -} and {@code *} with numbers. A condition is either on one input by itself or on
 * outputs. All assertions together say what is a violation. Comments go from a semicolon to the end of the line.
 *
 * <p>Conditions are brought to the form of {@link VnnLibProperty}: alternatives with the same box of inputs become one case, an
 * alternative whose box is empty is left out. Numbers stay exact. Every input needs a bound on both sides in every alternative.
 */
public final class VnnLibReader {

    /** An expanded property beyond this size is a mistake, or nothing that could be verified. */
    private static final int MOST_CLAUSES = 100_000;

    private final Variables variables = new Variables();

    private VnnLibReader() {}

    /**
     * Reads a file.
     *
     * @param file where from, in UTF-8
     * @return the property
     * @throws IOException if the file cannot be read
     * @throws VnnLibSyntaxException if it is not VNN-LIB of this form
     */
    public static VnnLibProperty read(Path file) throws IOException {
        return parse(Files.readString(file, StandardCharsets.UTF_8));
    }

    /**
     * Reads a text.
     *
     * @param text the whole of a file
     * @return the property
     * @throws VnnLibSyntaxException if it is not VNN-LIB of this form
     */
    public static VnnLibProperty parse(String text) {
        return new VnnLibReader().property(ExpressionReader.read(text));
    }

    private VnnLibProperty property(List<Group> commands) {
        Clause common = Clause.TRUE;
        List<Expression> disjunctions = new ArrayList<>();
        for (Group command : commands) {
            switch (command.head()) {
                case "declare-const" -> variables.declare(command);
                case "assert" -> {
                    if (command.arguments().size() != 1) {
                        throw command.refuse("(assert <condition>)");
                    }
                    common = common.and(collect(command.arguments().get(0), disjunctions));
                }
                default -> throw command.refuse("(declare-const ...) or (assert ...)");
            }
        }
        int line = commands.isEmpty() ? 1 : commands.get(commands.size() - 1).line();
        variables.requireWhole(line, 1);
        List<Clause> clauses = List.of(common);
        for (Expression disjunction : disjunctions) {
            clauses = and(clauses, clauses(disjunction), disjunction);
        }
        return new VnnLibProperty(variables.inputs(), variables.outputs(), cases(clauses, line));
    }

    /** The conditions that hold in any case as one clause; what offers a choice is put aside. */
    private Clause collect(Expression condition, List<Expression> disjunctions) {
        if (condition instanceof Group group && group.head().equals("and")) {
            Clause all = Clause.TRUE;
            for (Expression part : requireParts(group)) {
                all = all.and(collect(part, disjunctions));
            }
            return all;
        }
        if (condition instanceof Group group && group.head().equals("or")) {
            disjunctions.add(condition);
            return Clause.TRUE;
        }
        return comparison(condition);
    }

    private static List<Expression> requireParts(Group group) {
        if (group.arguments().isEmpty()) {
            throw group.refuse("(" + group.head() + " ...) with at least one condition");
        }
        return group.arguments();
    }

    /** The alternatives of a condition. */
    private List<Clause> clauses(Expression condition) {
        if (condition instanceof Group group && group.head().equals("or")) {
            List<Clause> any = new ArrayList<>();
            for (Expression part : requireParts(group)) {
                any.addAll(clauses(part));
                requireFew(any.size(), condition);
            }
            return any;
        }
        List<Expression> disjunctions = new ArrayList<>();
        List<Clause> all = List.of(collect(condition, disjunctions));
        for (Expression disjunction : disjunctions) {
            all = and(all, clauses(disjunction), disjunction);
        }
        return all;
    }

    private static List<Clause> and(List<Clause> these, List<Clause> those, Expression at) {
        requireFew((long) these.size() * those.size(), at);
        List<Clause> both = new ArrayList<>();
        for (Clause one : these) {
            for (Clause other : those) {
                both.add(one.and(other));
            }
        }
        return both;
    }

    private static void requireFew(long count, Expression at) {
        if (count > MOST_CLAUSES) {
            throw new VnnLibSyntaxException(
                    at.line(),
                    at.column(),
                    "a condition that multiplies out to " + count + " alternatives",
                    "at most " + MOST_CLAUSES);
        }
    }

    private Clause comparison(Expression condition) {
        boolean known = condition instanceof Group group
                && group.parts().size() == 3
                && (group.head().equals("<=") || group.head().equals(">="));
        if (!known) {
            throw condition.refuse("(<= a b), (>= a b), (and ...) or (or ...)");
        }
        Group group = (Group) condition;
        LinearTerm left = LinearTerm.of(group.parts().get(1), variables);
        LinearTerm right = LinearTerm.of(group.parts().get(2), variables);
        LinearTerm difference = group.head().equals("<=") ? left.minus(right) : right.minus(left);
        long inputs = difference.coefficients().keySet().stream()
                .filter(Variables::isInput)
                .count();
        if (inputs == 0) {
            Map<Integer, BigDecimal> coefficients = new LinkedHashMap<>();
            difference.coefficients().forEach((v, a) -> coefficients.put(Variables.index(v), a));
            return Clause.output(new OutputConstraint(coefficients, difference.constant()));
        }
        if (difference.coefficients().size() > 1) {
            throw new VnnLibSyntaxException(
                    condition.line(),
                    condition.column(),
                    "a condition on "
                            + String.join(", ", difference.coefficients().keySet()),
                    "conditions on one input by itself, or on outputs alone");
        }
        return bound(difference, condition);
    }

    /** {@code a X + b <= 0}. */
    private static Clause bound(LinearTerm term, Expression at) {
        Map.Entry<String, BigDecimal> only =
                term.coefficients().entrySet().iterator().next();
        BigDecimal bound;
        try {
            bound = term.constant().negate().divide(only.getValue());
        } catch (ArithmeticException e) {
            throw new VnnLibSyntaxException(
                    at.line(), at.column(), "a bound that is no decimal number", "one that is, such as (<= X_0 0.5)");
        }
        int input = Variables.index(only.getKey());
        return only.getValue().signum() > 0 ? Clause.upper(input, bound) : Clause.lower(input, bound);
    }

    private List<VnnLibProperty.Case> cases(List<Clause> clauses, int line) {
        Map<List<List<BigDecimal>>, List<List<OutputConstraint>>> boxes = new LinkedHashMap<>();
        for (Clause clause : clauses) {
            if (!clause.empty()) {
                List<BigDecimal> lower = new ArrayList<>();
                List<BigDecimal> upper = new ArrayList<>();
                for (int i = 0; i < variables.inputs(); i++) {
                    lower.add(required(clause.lower().get(i), "lower", i, line));
                    upper.add(required(clause.upper().get(i), "upper", i, line));
                }
                boxes.computeIfAbsent(List.of(lower, upper), box -> new ArrayList<>())
                        .add(List.copyOf(clause.outputs()));
            }
        }
        return boxes.entrySet().stream()
                .map(e -> new VnnLibProperty.Case(e.getKey().get(0), e.getKey().get(1), e.getValue()))
                .toList();
    }

    private static BigDecimal required(
            @org.jspecify.annotations.Nullable BigDecimal bound, String side, int input, int line) {
        if (bound == null) {
            throw new VnnLibSyntaxException(
                    line, 1, "no " + side + " bound of X_" + input, "bounds on both sides of every input");
        }
        return Decimals.normal(bound);
    }
}
