package org.jacreg.vjp;

/** Batch, layer and local response normalisation, standardisation and dropout. */
final class NormalizationRules {

    private NormalizationRules() {}

    static void register(VjpRules.Builder rules) {}
}
