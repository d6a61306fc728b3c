package org.jacreg.attacks;

import java.util.SplittableRandom;

/** The random points that the Square attack asks about, for one norm. */
interface SquareMoves {

    /** A first point of ball and box around a sample. */
    double[] start(int row, SplittableRandom random);

    /** A neighbour of {@code current} in ball and box that differs from it in about a given share of the pixels. */
    double[] next(int row, double[] current, double share, SplittableRandom random);
}
