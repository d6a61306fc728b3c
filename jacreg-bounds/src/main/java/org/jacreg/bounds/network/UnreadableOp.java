package org.jacreg.bounds.network;

/** Why an op is no layer. Collected by the reader, seen by nobody else. */
final class UnreadableOp extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableOp(String reason) {
        super(reason, null, false, false);
    }
}
