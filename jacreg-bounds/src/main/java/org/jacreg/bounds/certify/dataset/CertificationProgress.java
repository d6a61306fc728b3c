package org.jacreg.bounds.certify.dataset;

/**
 * How far an evaluation has come.
 *
 * @param done samples that have a result, those of a resumed checkpoint included
 * @param total samples there are
 * @param certified how many of those done have a radius
 * @param seconds time spent by this run, without what a resumed one had spent
 * @param rate samples per second in this run; 0 before the first
 */
public record CertificationProgress(int done, int total, int certified, double seconds, double rate) {

    /**
     * The time left at the present rate.
     *
     * @return seconds; 0 at the end, infinite as long as the rate is unknown
     */
    public double remainingSeconds() {
        return done == total ? 0 : (total - done) / rate;
    }
}
