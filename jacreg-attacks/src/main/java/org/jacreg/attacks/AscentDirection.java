package org.jacreg.attacks;

import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The direction of unit norm in which the linearised loss grows fastest: {@code sign(g)} for Linf with {@code sign(0) =
 * 0}, {@code g / ||g||_2} for L2, the sign of the greatest entry and 0 elsewhere for L1, and 0 where the gradient is 0.
 */
final class AscentDirection {

    /** Below this norm squares may have been lost to underflow (in FLOAT), so the row is rescaled first. */
    private static final double SAFE_NORM = 1e-12;

    private AscentDirection() {}

    /**
     * Turns every row of a gradient into its direction, in place.
     *
     * @param gradient {@code [N, D]}; modified
     * @return for every row, whether the gradient was exactly zero
     * @throws ArithmeticException if a row is not finite, naming the rows
     */
    static boolean[] normalise(Norm norm, INDArray gradient) {
        return zeros(
                switch (norm) {
                    case LINF -> normaliseLinf(gradient);
                    case L2 -> normaliseL2(gradient);
                    case L1 -> normaliseL1(gradient);
                });
    }

    /**
     * Which of some gradients are zero.
     *
     * @param sizes a norm of every gradient
     * @throws ArithmeticException if one is not finite, naming the rows
     */
    static boolean[] zeros(double[] sizes) {
        requireFinite(sizes);
        boolean[] zero = new boolean[sizes.length];
        for (int n = 0; n < zero.length; n++) {
            zero[n] = sizes[n] == 0;
        }
        return zero;
    }

    private static double[] normaliseLinf(INDArray gradient) {
        double[] sizes = gradient.norm1(1).toDoubleVector();
        requireFinite(sizes);
        Nd4j.getExecutioner().exec(new Sign(gradient, gradient));
        return sizes;
    }

    private static double[] normaliseL2(INDArray gradient) {
        double[] sizes = gradient.norm2(1).toDoubleVector();
        if (IntStream.range(0, sizes.length).anyMatch(n -> !(sizes[n] >= SAFE_NORM && Double.isFinite(sizes[n])))) {
            divideRows(gradient, gradient.amax(1).toDoubleVector());
            System.arraycopy(gradient.norm2(1).toDoubleVector(), 0, sizes, 0, sizes.length);
        }
        requireFinite(sizes);
        divideRows(gradient, sizes);
        return sizes;
    }

    /** The steepest direction of unit l1 norm: the sign of the greatest entry, the first of equals. */
    private static double[] normaliseL1(INDArray gradient) {
        double[][] rows = gradient.castTo(DataType.DOUBLE).toDoubleMatrix();
        double[] sizes = new double[rows.length];
        gradient.assign(0);
        for (int n = 0; n < rows.length; n++) {
            int top = 0;
            for (int j = 0; j < rows[n].length; j++) {
                // a sum of magnitudes, because a maximum would overlook NaN
                sizes[n] += Math.abs(rows[n][j]);
                top = Math.abs(rows[n][j]) > Math.abs(rows[n][top]) ? j : top;
            }
            gradient.putScalar(n, top, Math.signum(rows[n][top]));
        }
        requireFinite(sizes);
        return sizes;
    }

    private static void divideRows(INDArray rows, double[] divisors) {
        double[] safe = divisors.clone();
        for (int n = 0; n < safe.length; n++) {
            if (safe[n] == 0) {
                safe[n] = 1;
            }
        }
        rows.divi(Nd4j.createFromArray(safe).reshape('c', safe.length, 1).castTo(rows.dataType()));
    }

    private static void requireFinite(double[] sizes) {
        int[] bad = IntStream.range(0, sizes.length)
                .filter(n -> !Double.isFinite(sizes[n]))
                .toArray();
        if (bad.length > 0) {
            throw NotFinite.of("gradients", bad);
        }
    }
}
