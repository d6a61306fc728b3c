package org.jacreg.bounds.certify.dataset;

import java.util.List;
import org.jacreg.bounds.certify.Certifier;
import org.jacreg.bounds.certify.complete.CompleteVerifier;
import org.jacreg.bounds.certify.lipschitz.LipschitzCertifier;
import org.jacreg.bounds.certify.lipschitz.LocalLipschitzCertifier;
import org.jacreg.bounds.certify.smoothing.RandomizedSmoothing;
import org.jacreg.classifier.InputBox;

/**
 * Whatever finds radii for samples: the common face of the certifiers.
 *
 * <p>An answer must be a function of the procedure, the samples that are asked for together, their labels and the search, so that an
 * interrupted evaluation can go on.
 */
public interface DatasetCertifier {

    /**
     * How radii are found and what they are worth.
     *
     * @return the procedure
     */
    Procedure procedure();

    /**
     * How many samples are best asked for together.
     *
     * @return at least 1
     */
    int preferredChunk();

    /**
     * Certifies some samples.
     *
     * @param x the samples, flattened, one a row; not modified
     * @param labels their classes; not modified
     * @param search which radii are tried
     * @return one result for every sample, in order
     * @throws IllegalArgumentException if a sample has another size, is not finite or lies outside of the box, or a label is no class
     */
    List<SampleResult> certify(double[][] x, int[] labels, RadiusSearch search);

    /**
     * Bounds propagated through the graph.
     *
     * @param certifier the certifier
     * @return its common face
     */
    static DatasetCertifier of(Certifier certifier) {
        return Certificates.propagated(certifier);
    }

    /**
     * Lipschitz constants of the whole input space. There is no search, and radii may be above {@link RadiusSearch#largest()}.
     *
     * @param certifier the certifier
     * @return its common face
     */
    static DatasetCertifier of(LipschitzCertifier certifier) {
        return Certificates.global(certifier);
    }

    /**
     * Lipschitz constants of balls. There is no bisection: radii up to the largest are looked for by the method's own search.
     *
     * @param certifier the certifier
     * @return its common face
     */
    static DatasetCertifier of(LocalLipschitzCertifier certifier) {
        return Certificates.local(certifier);
    }

    /**
     * Complete verification, by bisection or on a grid.
     *
     * @param verifier the verifier
     * @param box the inputs that are meaningful
     * @return its common face
     */
    static DatasetCertifier of(CompleteVerifier verifier, InputBox box) {
        return new BranchAndBound(verifier, box);
    }

    /**
     * Randomized smoothing. There is no search; radii hold with a confidence, for the smoothed classifier.
     *
     * @param smoothing the smoothed classifier
     * @return its common face
     */
    static DatasetCertifier of(RandomizedSmoothing smoothing) {
        return new Smoothing(smoothing);
    }
}
