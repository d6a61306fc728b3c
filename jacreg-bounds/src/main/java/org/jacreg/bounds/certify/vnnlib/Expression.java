package org.jacreg.bounds.certify.vnnlib;

import java.util.List;

/** A symbol, or a list of expressions, with its place in the text. */
sealed interface Expression {

    int line();

    int column();

    /** One word. */
    record Atom(String text, int line, int column) implements Expression {}

    /** Expressions in parentheses. */
    record Group(List<Expression> parts, int line, int column) implements Expression {

        /** The first word; empty if there is none. */
        String head() {
            return !parts.isEmpty() && parts.get(0) instanceof Atom atom ? atom.text() : "";
        }

        /** What comes after the first word. */
        List<Expression> arguments() {
            return parts.subList(1, parts.size());
        }
    }

    /** How the expression is named in messages. */
    default String shown() {
        if (this instanceof Atom atom) {
            return "'" + atom.text() + "'";
        }
        Group group = (Group) this;
        return group.head().isEmpty()
                ? "a list that does not start with a word"
                : "'(" + group.head() + " ...)' with " + group.arguments().size() + " arguments";
    }

    default VnnLibSyntaxException refuse(String wanted) {
        return new VnnLibSyntaxException(line(), column(), shown(), wanted);
    }
}
