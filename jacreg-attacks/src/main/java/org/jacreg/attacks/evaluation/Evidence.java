package org.jacreg.attacks.evaluation;

/**
 * What the probes of the first batch, and all logits, have shown; the raw material of some flags.
 *
 * @param model what probes of the model showed
 * @param attacks what probes of the attacks showed
 * @param probabilityRows how many rows of logits look like probabilities, over all batches
 */
record Evidence(OfModel model, OfAttacks attacks, long probabilityRows) {

    static Evidence none() {
        return new Evidence(new OfModel(0, 0, 0, 0, 0), new OfAttacks(0, 0, 0, 0), 0);
    }

    Evidence with(OfModel shown) {
        return new Evidence(shown, attacks, probabilityRows);
    }

    Evidence with(OfAttacks shown) {
        return new Evidence(model, shown, probabilityRows);
    }

    Evidence withProbabilityRows(long more) {
        return new Evidence(model, attacks, probabilityRows + more);
    }

    /**
     * The model, asked twice.
     *
     * @param logitsDifference the greatest difference of two evaluations of the first batch, relative to {@code 1 + max |z|}
     * @param gradientsDifference the same for two evaluations of gradients, relative to the greatest entry
     * @param probed how many examples had their gradients probed
     * @param zeroGradients how many of them have a gradient that is exactly zero at the input itself
     * @param nonFiniteGradients how many have one that is not finite
     */
    record OfModel(
            double logitsDifference,
            double gradientsDifference,
            int probed,
            int zeroGradients,
            int nonFiniteGradients) {

        /** Backends that add up in another order every time differ by less. */
        private static final double ROUNDING = 1e-5;

        boolean randomised() {
            return logitsDifference > ROUNDING || gradientsDifference > ROUNDING;
        }
    }

    /**
     * The attacks, run twice and let loose.
     *
     * @param repeated how many searches were done twice
     * @param unlike how many of them came out differently
     * @param unboundedTried on how many examples attacks were let loose on the whole box
     * @param unboundedStanding how many of them withstood all of these
     */
    record OfAttacks(int repeated, int unlike, int unboundedTried, int unboundedStanding) {}
}
