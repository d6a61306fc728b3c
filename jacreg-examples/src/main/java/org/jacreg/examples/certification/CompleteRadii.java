package org.jacreg.examples.certification;

import java.util.List;
import org.jacreg.bounds.certify.Certificate;

/**
 * Largest radii that branch and bound proves.
 *
 * @param certificates one for every sample
 * @param open for how many samples the limit of nodes, not a counterexample, is why the radius is not larger
 * @param nodes of all searches together
 */
record CompleteRadii(List<Certificate> certificates, int open, long nodes) {

    CompleteRadii {
        certificates = List.copyOf(certificates);
    }
}
