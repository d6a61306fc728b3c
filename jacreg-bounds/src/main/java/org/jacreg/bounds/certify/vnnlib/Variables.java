package org.jacreg.bounds.certify.vnnlib;

import java.util.BitSet;
import java.util.regex.Pattern;
import org.jacreg.bounds.certify.vnnlib.Expression.Atom;
import org.jacreg.bounds.certify.vnnlib.Expression.Group;

/** The declared variables: {@code X_0, X_1, ...} and {@code Y_0, Y_1, ...}. */
final class Variables {

    /** No leading zeros, so that a variable has one name; an index that fits in an int. */
    private static final Pattern NAME = Pattern.compile("[XY]_(0|[1-9][0-9]{0,7})");

    private final BitSet inputs = new BitSet();
    private final BitSet outputs = new BitSet();

    void declare(Group command) {
        boolean fits = command.parts().size() == 3
                && command.parts().get(1) instanceof Atom name
                && NAME.matcher(name.text()).matches();
        if (!fits) {
            throw command.refuse("(declare-const X_<i> Real) or (declare-const Y_<j> Real)");
        }
        Expression type = command.parts().get(2);
        if (!(type instanceof Atom real && real.text().equals("Real"))) {
            throw type.refuse("'Real'");
        }
        Atom name = (Atom) command.parts().get(1);
        BitSet kind = kind(name.text());
        if (kind.get(index(name.text()))) {
            throw new VnnLibSyntaxException(
                    name.line(), name.column(), "a second declaration of " + name.text(), "one declaration");
        }
        kind.set(index(name.text()));
    }

    private BitSet kind(String name) {
        return isInput(name) ? inputs : outputs;
    }

    boolean contains(String name) {
        return NAME.matcher(name).matches() && kind(name).get(index(name));
    }

    static boolean isInput(String name) {
        return name.charAt(0) == 'X';
    }

    static int index(String name) {
        return Integer.parseInt(name.substring(2));
    }

    int inputs() {
        return inputs.cardinality();
    }

    int outputs() {
        return outputs.cardinality();
    }

    /** Refuses gaps. */
    void requireWhole(int line, int column) {
        for (boolean input : new boolean[] {true, false}) {
            BitSet kind = input ? inputs : outputs;
            String letter = input ? "X" : "Y";
            if (kind.isEmpty() || kind.length() != kind.cardinality()) {
                throw new VnnLibSyntaxException(
                        line,
                        column,
                        "no declaration of " + letter + "_" + kind.nextClearBit(0),
                        letter + "_0 and all that follow up to the last");
            }
        }
    }
}
