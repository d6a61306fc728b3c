package org.jacreg.examples.result;

/**
 * What a run ran on.
 *
 * @param jacreg the version of this library
 * @param java the version and vendor of Java
 * @param os the operating system, its version and architecture
 * @param processors the processors Java sees
 * @param nd4j the version of ND4J
 * @param backend ND4J's backend
 * @param blas the BLAS behind it
 * @param blasThreads its threads
 * @param dataType the floating-point type of weights and inputs
 */
public record Environment(
        String jacreg,
        String java,
        String os,
        int processors,
        String nd4j,
        String backend,
        String blas,
        String blasThreads,
        String dataType) {}
