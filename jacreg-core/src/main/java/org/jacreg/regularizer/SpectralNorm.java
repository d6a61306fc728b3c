package org.jacreg.regularizer;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jacreg.gradient.Gradients;
import org.jacreg.jacobian.CotangentSeeds;
import org.jacreg.jacobian.Directions;
import org.jacreg.jacobian.JacobianGraph;
import org.jacreg.jacobian.JacobianRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The largest singular value of every sample's Jacobian, {@code [N]}.
 *
 * <p>{@code s^2 = lambda_max(G)} with {@code G = J J^T}. Squaring {@code G} again and again converges, up to scale, to
 * the projector on the leading eigenspace; let {@code P} be that projector divided by its trace. Then {@code s^2 = tr(P G)}, and with {@code P}
 * held fixed the derivative of that is {@code u v^T} for a simple singular value (math of Yoshida and Miyato's spectral
 * penalty), an average over the singular pairs for a multiple one.
 */
final class SpectralNorm {

    /** With eigenvalues of G that differ by a factor 1 - g, k squarings err by about g exp(-g 2^k), at most 2^-k / e. */
    private static final int SQUARINGS_DOUBLE = 36;

    private static final int SQUARINGS_FLOAT = 21;

    /** With side C <= 64 the leading eigenvalue shrinks to no less than 64^-8 in between: far from the smallest float. */
    private static final int SQUARINGS_BETWEEN_SCALINGS = 3;

    private final JacobianGraph jacobian;
    private final RowFold fold;
    private final SameDiff sd;

    SpectralNorm(JacobianGraph jacobian) {
        this.jacobian = jacobian;
        this.fold = new RowFold(jacobian);
        this.sd = jacobian.logits().getSameDiff();
    }

    /** Exact to rounding: by the Gram matrix of the smaller side. */
    SDVariable exact(List<JacobianRows> rows) {
        if (side() == 1) {
            return fold.root(fold.squares(rows));
        }
        SDVariable gram = gram(rows);
        int squarings = gram.dataType() == DataType.DOUBLE ? SQUARINGS_DOUBLE : SQUARINGS_FLOAT;
        SDVariable power = scaled(gram);
        for (int i = 1; i <= squarings; i++) {
            // The identity is for ND4J 1.0.0-M2.1, whose sessions walk every path that leads to a variable: with both
            // factors
            // at the same depth their number doubles at every squaring.
            power = sd.mmul(power, sd.identity(power));
            power = i % SQUARINGS_BETWEEN_SCALINGS == 0 ? scaled(power) : power;
        }
        return fold.root(sd.sum(held(power).mul(gram), 1, 2));
    }

    /** {@code [N, C, C]}, or {@code [N, D, D]} where one input has fewer coordinates than there are classes. */
    private SDVariable gram(List<JacobianRows> rows) {
        SDVariable total = null;
        boolean single = jacobian.model().inputs().size() == 1;
        for (int input = 0; input < jacobian.model().inputs().size(); input++) {
            SDVariable matrix = matrix(rows, input);
            boolean columns = single && fold.features(0) < jacobian.probe().classes();
            SDVariable product =
                    JacobianPenalty.inTypeOfLogits(jacobian, sd.mmul(matrix, matrix, columns, !columns, false));
            total = total == null ? product : total.add(product);
        }
        return Objects.requireNonNull(total);
    }

    /** {@code [N, C, D]}. */
    private SDVariable matrix(List<JacobianRows> rows, int input) {
        long size = fold.features(input);
        List<JacobianRows> own =
                rows.stream().filter(block -> block.input() == input).toList();
        if (own.size() == 1) {
            int count = own.get(0).count();
            return sd.permute(sd.reshape(own.get(0).values(), count, -1, size), 1, 0, 2);
        }
        return sd.stack(
                1,
                own.stream().map(block -> sd.reshape(block.values(), -1, size)).toArray(SDVariable[]::new));
    }

    /** Divided by its largest entry, or left zero, so that powers neither overflow nor vanish; that entry is on the diagonal. */
    private SDVariable scaled(SDVariable matrix) {
        double tiny = matrix.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        SDVariable floor = sd.constant(Nd4j.scalar(matrix.dataType(), tiny));
        return matrix.div(sd.math().max(sd.max(matrix, true, 1, 2), floor));
    }

    /** The size of the Gram matrix. */
    long side() {
        boolean single = jacobian.model().inputs().size() == 1;
        return Math.min(jacobian.probe().classes(), single ? fold.features(0) : Long.MAX_VALUE);
    }

    /** The same value without a derivative: SameDiff does not differentiate through an integer type. */
    private SDVariable held(SDVariable power) {
        SDVariable trace = sd.sum(power.mul(identity(power)), true, 1, 2);
        SDVariable empty = sd.eq(trace, 0.0).castTo(power.dataType());
        SDVariable projector = power.div(trace.add(empty));
        return hold(projector);
    }

    private SDVariable identity(SDVariable power) {
        long side = side();
        return sd.constant(Nd4j.eye(side).castTo(power.dataType()).reshape('c', 1, side, side));
    }

    /** Values in [-1, 1] on a grid of 2^-52 (2^-23 in float32), which is their own rounding. */
    private static SDVariable hold(SDVariable values) {
        double scale = values.dataType() == DataType.DOUBLE ? 0x1p52 : 0x1p23;
        return values.mul(scale)
                .castTo(DataType.INT64)
                .castTo(values.dataType())
                .div(scale);
    }

    /**
     * A lower estimate by power iteration, for Jacobians too large for their Gram matrix: {@code u <- J J^T u / |J J^T u|}
     * from a random direction, then {@code |J^T u|_2} with u held fixed. Never above the norm, but for rounding.
     */
    SDVariable byPowerIteration(int iterations) {
        long[] shape = jacobian.probe().outputShape();
        SDVariable u = CotangentSeeds.randomDirections(jacobian.logits(), shape, 1, Directions.UNIT_SPHERE);
        u = hold(unit(u));
        for (int i = 0; i < iterations; i++) {
            List<JacobianRows> back = jacobian.products(u, 1, Map.of());
            SDVariable forward = null;
            for (JacobianRows block : back) {
                SDVariable part = pushForward(u, block.values());
                forward = forward == null ? part : forward.add(part);
            }
            u = hold(unit(Objects.requireNonNull(forward)));
        }
        return fold.root(fold.squares(jacobian.products(u, 1, Map.of())));
    }

    /** {@code J w}: {@code J^T u} is linear in u, so its vector-Jacobian product with w is J w. */
    private SDVariable pushForward(SDVariable u, SDVariable w) {
        return Gradients.vectorJacobianProduct(w, u, w);
    }

    /** Every sample scaled to Euclidean norm 1; zero stays zero. */
    private SDVariable unit(SDVariable values) {
        long[] shape = jacobian.probe().outputShape();
        long[] flat = {-1, jacobian.probe().classes()};
        SDVariable rows = sd.reshape(values, flat);
        SDVariable norm = jacobian.probe().classes() == 1 ? sd.math().abs(rows) : sd.norm2(rows, true, 1);
        SDVariable empty = sd.eq(norm, 0.0).castTo(values.dataType());
        long[] open = new long[shape.length + 1];
        open[0] = -1;
        System.arraycopy(shape, 0, open, 1, shape.length);
        return sd.reshape(rows.div(norm.add(empty)), open);
    }
}
