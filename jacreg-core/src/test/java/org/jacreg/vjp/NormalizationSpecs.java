package org.jacreg.vjp;

import java.util.List;

/** Rows of the table: normalisation and dropout. */
final class NormalizationSpecs {

    private NormalizationSpecs() {}

    static List<OpSpec> rows() {
        return List.of();
    }
}
