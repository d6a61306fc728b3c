package org.jacreg.bounds.certify.lipschitz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.network.Affine;
import org.jacreg.bounds.network.Layer;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.LinearLayer;
import org.jacreg.bounds.network.Pooling;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.bounds.rounding.RoundUp;

/**
 * Lipschitz constants of a network that hold on the whole input space, with respect to the norm that perturbations are measured in.
 *
 * <p>Layer by layer three constants are carried on: of the values in l2, by the layers' operator norms; in l1, by the largest column; and
 * of every value by itself, by {@code |W|} and by the l2 norms of the rows. Each is cut by what the others say of it ({@code ||h||_2 <=
 * ||c||_2} if value i moves by {@code c_i} at most, and so on), so that the l2 constant is never above the product of operator norms and
 * may be far below it for perturbations measured in l1 or l_inf. With {@code w_i} the rows of the last layer and {@code L} the constant
 * of what stands before it, logit i moves against logit j by at most
 *
 * <pre>
 * K_ij = min( L ||w_i - w_j||_2 , sum_k |w_ik - w_jk| c_k , L_1 max_k |w_ik - w_jk| )
 * </pre>
 *
 * <p>of the distance. All numbers are upper bounds, rounded outward; operator norms are those of the true linear maps, convolutions
 * included, and bounded from above.
 *
 * <p>Source: Tsuzuku, Sato, Sugiyama (2018), arXiv 1802.04034, for the composition of layers; Leino, Wang, Fredrikson (2021), arXiv
 * 2102.08452, for {@code K_ij = L ||w_i - w_j||_2}. The other terms of the minimum are ours.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class GlobalLipschitz {

    private final BallNorm norm;
    private final List<LayerConstants> layers;
    private final List<double[]> units;
    private final double[][] pairs;
    private final double subnetwork;

    private GlobalLipschitz(LayeredNetwork network, BallNorm norm) {
        this.norm = norm;
        this.layers = new ArrayList<>();
        this.units = new ArrayList<>();
        double[] unit = new double[network.inputs()];
        Arrays.fill(unit, 1);
        double l2 = norm == BallNorm.LINF ? ComputedSums.norm(unit) : 1;
        double l1 = norm == BallNorm.L1 ? 1 : norm == BallNorm.L2 ? ComputedSums.norm(unit) : network.inputs();
        List<Layer> all = network.layers();
        Layer last = all.get(all.size() - 1);
        Reach before = new Reach(l1, l2, unit);
        for (Layer layer : all) {
            before = new Reach(l1, l2, unit);
            unit = unitsBehind(layer, before);
            double column =
                    layer instanceof LinearLayer linear ? ComputedSums.largest(linear.columnL1()) : sumGain(layer);
            l1 = Math.min(RoundUp.product(l1, column), ComputedSums.absoluteSum(unit));
            l2 = Math.min(Math.min(RoundUp.product(l2, layer.lipschitz()), l1), ComputedSums.norm(unit));
            units.add(unit);
            layers.add(new LayerConstants(layer.name(), l1, l2, ComputedSums.largest(unit)));
        }
        this.subnetwork = last instanceof LinearLayer ? before.l2 : l2;
        this.pairs = last instanceof LinearLayer linear ? ofRows(linear, before) : ofValues(l2, unit);
    }

    /**
     * Computes the constants.
     *
     * @param network the network
     * @param norm what perturbations are measured in
     * @return the constants; operator norms are computed anew, which takes the time of a few products of the weights with themselves
     * @throws ArithmeticException if a constant overflows
     */
    public static GlobalLipschitz of(LayeredNetwork network, BallNorm norm) {
        GlobalLipschitz made = new GlobalLipschitz(network, norm);
        for (LayerConstants layer : made.layers) {
            if (!(layer.l1() < Double.POSITIVE_INFINITY)) {
                throw new ArithmeticException(
                        "Lipschitz constants up to layer '" + layer.name() + "' exceed " + Double.MAX_VALUE);
            }
        }
        return made;
    }

    private static double[] unitsBehind(Layer layer, Reach before) {
        double[] unit = before.units;
        if (layer instanceof LinearLayer linear) {
            double[] result = ComputedSums.aboveUnderflow(linear.absolute().multiply(unit), linear.inputs());
            double[] rows = linear.rowL2();
            for (int i = 0; i < result.length; i++) {
                result[i] = Math.min(result[i], RoundUp.product(before.l2, rows[i]));
                if (linear instanceof Affine affine) {
                    result[i] = Math.min(result[i], RoundUp.product(before.l1, ComputedSums.largest(affine.row(i))));
                }
            }
            return result;
        }
        if (layer instanceof Pooling pooling) {
            return ComputedSums.aboveUnderflow(pooling.apply(unit), pooling.inputs());
        }
        double[] result = new double[unit.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = RoundUp.product(unit[i], layer.lipschitz());
        }
        return result;
    }

    /** The constant in l1 of a layer without weights; infinite where nothing better than that of its values is known. */
    private static double sumGain(Layer layer) {
        if (layer instanceof Pooling pooling) {
            return pooling.kind() == Pooling.Kind.MAXIMUM
                    ? RoundUp.product(pooling.lipschitz(), pooling.lipschitz())
                    : Double.POSITIVE_INFINITY;
        }
        return layer.lipschitz();
    }

    private static double[][] ofRows(LinearLayer last, Reach before) {
        int classes = last.outputs();
        double[][] pairs = new double[classes][classes];
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < i; j++) {
                double[] e = new double[classes];
                e[i] = 1;
                e[j] = -1;
                double[] row = last.multiplyTransposed(e);
                double weighted = 0;
                for (int k = 0; k < row.length; k++) {
                    weighted += Math.abs(row[k]) * before.units[k];
                }
                double direct = Math.min(
                        RoundUp.product(before.l2, ComputedSums.norm(row)),
                        ComputedSums.aboveUnderflow(weighted, row.length));
                pairs[i][j] = Math.min(direct, ComputedSums.aboveUnderflow(before.l1 * ComputedSums.largest(row), 2));
                pairs[j][i] = pairs[i][j];
            }
        }
        return pairs;
    }

    private static double[][] ofValues(double l2, double[] unit) {
        double[][] pairs = new double[unit.length][unit.length];
        for (int i = 0; i < unit.length; i++) {
            for (int j = 0; j < unit.length; j++) {
                pairs[i][j] = i == j
                        ? 0
                        : Math.min(
                                ComputedSums.aboveUnderflow(Math.sqrt(2) * l2, 1),
                                ComputedSums.aboveUnderflow(unit[i] + unit[j], 2));
            }
        }
        return pairs;
    }

    /**
     * What perturbations are measured in.
     *
     * @return the norm
     */
    public BallNorm norm() {
        return norm;
    }

    /**
     * The constants behind every layer.
     *
     * @return from input to logits
     */
    public List<LayerConstants> layers() {
        return List.copyOf(layers);
    }

    /**
     * The constant of the logits in l2.
     *
     * @return {@code sup ||f(x) - f(y)||_2 / ||x - y||}, or more
     */
    public double network() {
        return layers.get(layers.size() - 1).l2();
    }

    /**
     * The constant, in l2, of what stands before the last layer with weights.
     *
     * @return {@code L}; that of the logits if no weights come last
     */
    public double subnetwork() {
        return subnetwork;
    }

    /**
     * How fast two logits can move against each other.
     *
     * @param i a class
     * @param j another class
     * @return {@code K_ij}, 0 for {@code i == j}
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public double pair(int i, int j) {
        return pairs[i][j];
    }

    /** How far every value behind a layer can move, of the distance; not to be modified. */
    double[] units(int layer) {
        return units.get(layer);
    }
}
