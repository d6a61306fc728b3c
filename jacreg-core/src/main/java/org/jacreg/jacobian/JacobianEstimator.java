package org.jacreg.jacobian;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Estimates {@code ||J_n||_F^2} by random projections, for networks with so many outputs that computing all rows takes too
 * long.
 *
 * <pre>{@code
 * FrobeniusEstimate e = JacobianEstimator.of(sd)
 *         .projections(Projections.auto(0.1))
 *         .directions(Directions.ORTHOGONAL)
 *         .seed(42)
 *         .estimate(x);
 * }</pre>
 *
 * <p>Each projection is one reverse sweep over the batch. Estimators are immutable; the setters return new ones. Directions are
 * drawn from the seed by {@link Random}, not from ND4J's generator, so that estimating disturbs no training.
 */
public final class JacobianEstimator {

    private static final double DEFAULT_RELATIVE_ERROR = 0.1;

    private final Jacobian jacobian;
    private final Projections projections;
    private final Directions directions;
    private final long seed;

    private JacobianEstimator(Jacobian jacobian, Projections projections, Directions directions, long seed) {
        this.jacobian = jacobian;
        this.projections = projections;
        this.directions = directions;
        this.seed = seed;
    }

    /**
     * An estimator for a graph, with names, rules and shapes inferred.
     *
     * @param sd the graph; not modified
     * @return an estimator with {@code auto(0.1)} projections, uniform on the sphere, seed 0
     * @throws IllegalArgumentException if names or shapes cannot be inferred
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule
     */
    public static JacobianEstimator of(SameDiff sd) {
        return of(Jacobian.of(sd));
    }

    /**
     * An estimator for a Jacobian whose names were given.
     *
     * @param jacobian as {@link Jacobian#builder} makes it, by one input
     * @return an estimator with {@code auto(0.1)} projections, uniform on the sphere, seed 0
     */
    public static JacobianEstimator of(Jacobian jacobian) {
        return new JacobianEstimator(jacobian, Projections.auto(DEFAULT_RELATIVE_ERROR), Directions.UNIT_SPHERE, 0);
    }

    /**
     * Sets the number of projections.
     *
     * @param setting a number, a bound on the error, or exact
     * @return an estimator with this number
     */
    public JacobianEstimator projections(Projections setting) {
        return new JacobianEstimator(jacobian, setting, directions, seed);
    }

    /**
     * Sets the distribution of the directions.
     *
     * @param kind {@link Directions#UNIT_SPHERE} by default
     * @return an estimator with these directions
     */
    public JacobianEstimator directions(Directions kind) {
        return new JacobianEstimator(jacobian, projections, kind, seed);
    }

    /**
     * Sets the seed.
     *
     * @param value any number; 0 by default
     * @return an estimator with this seed
     */
    public JacobianEstimator seed(long value) {
        return new JacobianEstimator(jacobian, projections, directions, value);
    }

    /**
     * Estimates the squared norms of a batch.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return estimates and standard errors; the same ones at every call with the same seed, input and weights
     * @throws IllegalArgumentException if {@code x} has another shape, or holds NaN or an infinity
     */
    public FrobeniusEstimate estimate(INDArray x) {
        int classes = jacobian.classes();
        // A wrong x is for the Jacobian to refuse; here a batch of it must only be countable.
        int samples = x.rank() == 0 || x.isEmpty() ? 1 : Math.toIntExact(x.size(0));
        OptionalInt count = projections.resolve(directions, classes);
        if (count.isEmpty()) {
            return FrobeniusEstimate.exact(ofAllRows(x, samples), directions, seed);
        }
        double[][][] drawn = DirectionSampler.draw(new Random(seed), directions, samples, classes, count.getAsInt());
        long[] shape = LongStream.concat(LongStream.of(samples), LongStream.of(jacobian.outputShape()))
                .toArray();
        double[][] values = new double[count.getAsInt()][];
        for (int k = 0; k < values.length; k++) {
            INDArray v = Nd4j.createFromArray(drawn[k]).reshape('c', shape);
            values[k] = squaredNorms(jacobian.vjp(x, v));
        }
        return FrobeniusEstimate.of(values, classes, directions, seed);
    }

    private INDArray ofAllRows(INDArray x, int samples) {
        double[] squares = new double[samples];
        jacobian.stream(x, (sampleFrom, rowFrom, block) -> {
            double[] part = squaredNorms(block);
            for (int n = 0; n < part.length; n++) {
                squares[Math.toIntExact(sampleFrom + n)] += part[n];
            }
            return true;
        });
        return Nd4j.createFromArray(squares);
    }

    private static double[] squaredNorms(INDArray products) {
        INDArray flat = products.castTo(DataType.DOUBLE).reshape('c', products.size(0), -1);
        return flat.mul(flat).sum(1).toDoubleVector();
    }

    @Override
    public String toString() {
        return "JacobianEstimator[projections=" + projections + ", directions=" + directions + ", seed=" + seed
                + ", classes=" + jacobian.classes() + ", inputShape=" + Arrays.toString(jacobian.inputShape()) + "]";
    }
}
