package org.jacreg.bounds.certify.complete;

import java.util.Arrays;

/** The answer of complete verification to whether one class wins everywhere in a box. */
public sealed interface Verdict {

    /**
     * What it took.
     *
     * @return how many boxes with decided rectifiers were looked at
     */
    long nodes();

    /**
     * A proof: in real arithmetic the class's logit is larger than every other one everywhere in the box.
     *
     * @param nodes boxes with decided rectifiers that were looked at
     */
    record Proved(long nodes) implements Verdict {}

    /** A point of the box at which the class does not win: another logit, as evaluated in float64, is at least as large. */
    final class Refuted implements Verdict {

        private final double[] point;
        private final int rival;
        private final double margin;
        private final long nodes;

        /** Takes the point over. */
        Refuted(double[] point, int rival, double margin, long nodes) {
            this.point = point;
            this.rival = rival;
            this.margin = margin;
            this.nodes = nodes;
        }

        /** The same after more nodes. */
        Refuted after(long more) {
            return new Refuted(point, rival, margin, nodes + more);
        }

        @Override
        public long nodes() {
            return nodes;
        }

        /**
         * The point.
         *
         * @return a fresh array
         */
        public double[] point() {
            return point.clone();
        }

        /**
         * The class whose logit is at least as large there.
         *
         * @return the class
         */
        public int rival() {
            return rival;
        }

        /**
         * The logit of the class in question less that of the rival.
         *
         * @return a number that is not positive
         */
        public double margin() {
            return margin;
        }

        @Override
        public String toString() {
            return "Refuted[rival=" + rival + ", margin=" + margin + ", point=" + Arrays.toString(point) + "]";
        }
    }

    /**
     * Neither.
     *
     * @param nodes boxes with decided rectifiers that were looked at
     * @param reason why it ended
     */
    record Unknown(long nodes, String reason) implements Verdict {}
}
