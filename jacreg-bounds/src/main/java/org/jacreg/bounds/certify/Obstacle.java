package org.jacreg.bounds.certify;

/** Why an op has no rule. Collected by the reader, seen by nobody else. */
final class Obstacle extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Obstacle(String reason) {
        super(reason, null, false, false);
    }
}
