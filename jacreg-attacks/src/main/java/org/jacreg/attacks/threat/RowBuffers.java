package org.jacreg.attacks.threat;

/** Java arrays of one sample's length, in which the compiler's vector loops run. */
final class RowBuffers {

    final int length;
    final float[] center;
    final float[] point;
    final float[] gradient;
    final float[] squares;
    final float[] slack;
    private final float[] terms;
    private final float[] upper;

    RowBuffers(int length) {
        this.length = length;
        this.center = new float[length];
        this.point = new float[length];
        this.gradient = new float[length];
        this.squares = new float[length];
        this.slack = new float[length];
        this.terms = new float[length];
        this.upper = new float[length];
    }

    /** {@code sum_j |a_j|}. */
    double magnitudes(float[] a) {
        for (int j = 0; j < length; j++) {
            terms[j] = Math.abs(a[j]);
        }
        return sumOfTerms();
    }

    /** {@code ||a||_2}, unless squares overflow or vanish. */
    double norm(float[] a) {
        for (int j = 0; j < length; j++) {
            terms[j] = a[j] * a[j];
        }
        return Math.sqrt(sumOfTerms());
    }

    /** {@code sum_j a_j}. */
    double sum(float[] a) {
        System.arraycopy(a, 0, terms, 0, length);
        return sumOfTerms();
    }

    /** {@code sum_j of squares_j where t squares_j < slack_j}. */
    double freeSquares(float t) {
        for (int j = 0; j < length; j++) {
            terms[j] = squares[j] * SignLoops.positive(slack[j] - t * squares[j]);
        }
        return sumOfTerms();
    }

    /** {@code sum_j of slack_j where not t squares_j < slack_j}. */
    double fixedSlack(float t) {
        for (int j = 0; j < length; j++) {
            terms[j] = slack[j] * (1 - SignLoops.positive(slack[j] - t * squares[j]));
        }
        return sumOfTerms();
    }

    /*
     * Halves are added until one number is left: float32 all the way, but no term passes through more than log2(D) + 1 roundings, so
     * the error is within (log2(D) + 1) 2^-24 of the sum of magnitudes. The upper half is copied out first, since the compiler makes
     * vector instructions of loops over different arrays only.
     */
    private double sumOfTerms() {
        int n = length;
        while (n > 1) {
            int half = n / 2;
            System.arraycopy(terms, n - half, upper, 0, half);
            add(upper, terms, half);
            n -= half;
        }
        return terms[0];
    }

    private static void add(float[] a, float[] to, int n) {
        for (int j = 0; j < n; j++) {
            to[j] += a[j];
        }
    }
}
