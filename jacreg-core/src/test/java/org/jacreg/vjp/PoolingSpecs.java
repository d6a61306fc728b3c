package org.jacreg.vjp;

import java.util.ArrayList;
import java.util.List;

final class PoolingSpecs {

    private PoolingSpecs() {}

    static List<OpSpec> rows() {
        List<OpSpec> rows = new ArrayList<>();
        return rows;
    }
}
