package org.jacreg.bounds.certify.vnnlib;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jacreg.bounds.certify.vnnlib.Expression.Atom;
import org.jacreg.bounds.certify.vnnlib.Expression.Group;

/** {@code sum_v a_v v + b} over variables. */
record LinearTerm(Map<String, BigDecimal> coefficients, BigDecimal constant) {

    /** No digits but ASCII ones, which is stricter than BigDecimal. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");

    private static final String WANTED = "a number, a declared variable, (+ ...), (- ...) or (* number ...)";

    /** Reads a term; refuses what is not linear. */
    static LinearTerm of(Expression expression, Variables variables) {
        if (expression instanceof Atom atom) {
            if (NUMBER.matcher(atom.text()).matches()) {
                return new LinearTerm(Map.of(), new BigDecimal(atom.text()));
            }
            if (!variables.contains(atom.text())) {
                throw atom.refuse(WANTED);
            }
            return new LinearTerm(Map.of(atom.text(), BigDecimal.ONE), BigDecimal.ZERO);
        }
        Group group = (Group) expression;
        boolean known = group.head().matches("[+*-]");
        if (!known || group.arguments().isEmpty()) {
            throw group.refuse(WANTED);
        }
        List<LinearTerm> terms =
                group.arguments().stream().map(e -> of(e, variables)).toList();
        LinearTerm result = terms.get(0);
        if (group.head().equals("-") && terms.size() == 1) {
            return result.times(BigDecimal.ONE.negate());
        }
        for (LinearTerm term : terms.subList(1, terms.size())) {
            result = switch (group.head()) {
                case "+" -> result.plus(term);
                case "-" -> result.plus(term.times(BigDecimal.ONE.negate()));
                default -> product(result, term, group);
            };
        }
        return result;
    }

    private static LinearTerm product(LinearTerm a, LinearTerm b, Group group) {
        if (!a.coefficients.isEmpty() && !b.coefficients.isEmpty()) {
            throw new VnnLibSyntaxException(
                    group.line(), group.column(), "a product of variables", "products with numbers alone");
        }
        return a.coefficients.isEmpty() ? b.times(a.constant) : a.times(b.constant);
    }

    LinearTerm plus(LinearTerm other) {
        Map<String, BigDecimal> sum = new HashMap<>(coefficients);
        other.coefficients.forEach((v, a) -> sum.merge(v, a, BigDecimal::add));
        sum.values().removeIf(a -> a.signum() == 0);
        return new LinearTerm(sum, constant.add(other.constant));
    }

    LinearTerm times(BigDecimal factor) {
        Map<String, BigDecimal> product = new HashMap<>();
        coefficients.forEach((v, a) -> product.put(v, a.multiply(factor)));
        product.values().removeIf(a -> a.signum() == 0);
        return new LinearTerm(product, constant.multiply(factor));
    }

    LinearTerm minus(LinearTerm other) {
        return plus(other.times(BigDecimal.ONE.negate()));
    }
}
