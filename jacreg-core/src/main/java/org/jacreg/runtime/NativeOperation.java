package org.jacreg.runtime;

/** What a {@link Native} instruction does. */
sealed interface NativeOperation {

    /** {@code sum(a * b)} over all entries. */
    record Dot() implements NativeOperation {}

    /** {@code A^T A} or {@code A A^T}, both halves. */
    record Gram(boolean transposeLeft) implements NativeOperation {}
}
