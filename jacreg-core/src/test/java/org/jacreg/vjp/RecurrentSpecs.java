package org.jacreg.vjp;

import java.util.List;

/** Rows of the table: attention and recurrent layers. */
final class RecurrentSpecs {

    private RecurrentSpecs() {}

    static List<OpSpec> rows() {
        return List.of();
    }
}
