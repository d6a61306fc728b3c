package org.jacreg.bounds.certify;

/** How a {@link Certified} was proved. Implemented by the enumerations of methods. */
public interface ProofMethod {

    /**
     * The method's name.
     *
     * @return the enumeration's constant
     */
    String name();
}
