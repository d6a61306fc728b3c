package org.jacreg.vjp;

import java.util.List;

/** Rows of the table: matrix products and linear algebra. */
final class MatrixSpecs {

    private MatrixSpecs() {}

    static List<OpSpec> rows() {
        return List.of();
    }
}
