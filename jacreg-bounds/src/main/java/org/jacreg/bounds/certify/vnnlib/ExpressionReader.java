package org.jacreg.bounds.certify.vnnlib;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jacreg.bounds.certify.vnnlib.Expression.Atom;
import org.jacreg.bounds.certify.vnnlib.Expression.Group;

/** Cuts a text into parentheses and words. Comments go from a semicolon to the end of the line. */
final class ExpressionReader {

    /** Deeper than any file that means something; the normaliser goes down recursively. */
    private static final int DEEPEST = 500;

    private final String text;
    private int at;
    private int line = 1;
    private int lineStart;

    private ExpressionReader(String text) {
        this.text = text;
    }

    static List<Group> read(String text) {
        return new ExpressionReader(text).commands();
    }

    private List<Group> commands() {
        List<Group> commands = new ArrayList<>();
        Deque<Group> open = new ArrayDeque<>();
        for (skip(); at < text.length(); skip()) {
            char c = text.charAt(at);
            if (c == '(') {
                if (open.size() == DEEPEST) {
                    throw here("parentheses " + (DEEPEST + 1) + " deep", "at most " + DEEPEST);
                }
                open.push(new Group(new ArrayList<>(), line, column()));
                at++;
            } else if (c == ')') {
                if (open.isEmpty()) {
                    throw here("')' without '('", "'(' or the end of the text");
                }
                Group done = open.pop();
                at++;
                if (open.isEmpty()) {
                    commands.add(done);
                } else {
                    open.element().parts().add(done);
                }
            } else if (open.isEmpty()) {
                throw here("'" + c + "'", "'(' or the end of the text");
            } else {
                open.element().parts().add(word());
            }
        }
        if (!open.isEmpty()) {
            Group last = open.element();
            throw here("the end of the text", "')' for the '(' at line " + last.line() + ", column " + last.column());
        }
        return commands;
    }

    private Atom word() {
        int start = at;
        int column = column();
        while (at < text.length() && !isSpace(text.charAt(at)) && "();".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return new Atom(text.substring(start, at), line, column);
    }

    private void skip() {
        boolean comment = false;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (isEndOfLine(c)) {
                line++;
                lineStart = at + 1;
                comment = false;
            } else if (c == ';') {
                comment = true;
            } else if (!comment && !isSpace(c)) {
                return;
            }
        }
    }

    /** The last character of a line's end: of CR LF it is LF. */
    private boolean isEndOfLine(char c) {
        boolean followed = at + 1 < text.length() && text.charAt(at + 1) == '\n';
        return c == '\n' || (c == '\r' && !followed);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || c == '\uFEFF';
    }

    private int column() {
        return at - lineStart + 1;
    }

    private VnnLibSyntaxException here(String came, String wanted) {
        return new VnnLibSyntaxException(line, column(), came, wanted);
    }
}
