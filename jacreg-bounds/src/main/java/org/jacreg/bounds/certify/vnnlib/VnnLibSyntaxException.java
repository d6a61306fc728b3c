package org.jacreg.bounds.certify.vnnlib;

/** A text is not VNN-LIB, or says what is not supported. The message names line, column, what came and what was wanted. */
public final class VnnLibSyntaxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    VnnLibSyntaxException(int line, int column, String came, String wanted) {
        super("line " + line + ", column " + column + ": got " + came + ", wanted " + wanted);
        this.line = line;
        this.column = column;
    }

    /**
     * Where it went wrong.
     *
     * @return the line, from 1
     */
    public int line() {
        return line;
    }

    /**
     * Where it went wrong.
     *
     * @return the column, from 1
     */
    public int column() {
        return column;
    }
}
