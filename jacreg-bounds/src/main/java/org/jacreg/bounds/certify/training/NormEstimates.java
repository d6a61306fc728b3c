package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jacreg.gradient.Gradients;
import org.jacreg.runtime.GraphRunner;
import org.jacreg.training.LossReplacement;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Estimates of the operator norms of layers: {@code ||W v||_2} in the graph, with directions v of norm 1 that are fed and move on by {@code v
 * <- W^T W v} from step to step. Power iteration comes from below: an estimate, never above the norm. Its gradient by the weights is that
 * of the norm where v has converged.
 */
final class NormEstimates implements AutoCloseable {

    private static final String DIRECTION = LossReplacement.SCOPE + "/direction_";

    /** The first directions are random, so they are iterated until the estimates move by less than this, of themselves. */
    private static final double SETTLED = 1e-6;

    private static final int MOST_FIRST_ITERATIONS = 200;

    private final SameDiff sd;
    private final List<SDVariable> norms = new ArrayList<>();
    private final List<String> next = new ArrayList<>();
    private final Map<String, INDArray> directions = new TreeMap<>();
    private @Nullable GraphRunner runner;

    /** Adds the estimates of all layers to the graph. */
    NormEstimates(SameDiff sd, List<OpSite> layers, long seed) {
        this.sd = sd;
        Random random = new Random(seed);
        for (int k = 0; k < layers.size(); k++) {
            OpSite layer = layers.get(k);
            long[] shape = layer.probe().spec(layer.name(0)).toArray();
            shape[0] = 1;
            DataType type = layer.variable(0).dataType();
            // names in the order of the map are those of the list
            String name = DIRECTION + String.format(Locale.ROOT, "%04d", k);
            SDVariable direction = sd.placeHolder(name, type, shape);
            SDVariable image = linearPart(layer, direction);
            norms.add(Roots.of(sd.squaredNorm(image)));
            next.add(Gradients.vectorJacobianProduct(image, direction, image).name());
            directions.put(name, unit(gaussian(random, type, shape)));
        }
    }

    /** The op without its bias. */
    private static SDVariable linearPart(OpSite layer, SDVariable direction) {
        return layer.op().opName().equals("xw_plus_b")
                ? direction.mmul(layer.variable(1))
                : layer.copy(List.of(direction, layer.variable(1)));
    }

    private static INDArray gaussian(Random random, DataType type, long[] shape) {
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.setAll(values, i -> random.nextGaussian());
        return Nd4j.createFromArray(values).reshape('c', shape).castTo(type);
    }

    private static INDArray unit(INDArray v) {
        return v.div(v.norm2Number());
    }

    /** The estimates, a scalar for each layer. */
    List<SDVariable> norms() {
        return norms;
    }

    /** The directions of the moment, by placeholder. */
    Map<String, INDArray> directions() {
        return directions;
    }

    /**
     * Goes on with other directions.
     *
     * @throws IllegalArgumentException if they are not of these layers; nothing is changed then
     */
    void continueFrom(Map<String, INDArray> saved) {
        boolean same = saved.keySet().equals(directions.keySet())
                && saved.entrySet().stream().allMatch(entry -> alike(entry.getValue(), directions.get(entry.getKey())));
        if (!same) {
            throw new IllegalArgumentException("the checkpoint holds " + saved.keySet()
                    + " of its objective, wanted the "
                    + directions.size() + " directions of norms of this network's layers: it is of another objective or"
                    + " network, or of a version that did not keep directions; start anew with fit()");
        }
        directions.putAll(saved);
    }

    private static boolean alike(INDArray a, @Nullable INDArray b) {
        return b != null && a.equalShapes(b) && a.dataType() == b.dataType();
    }

    /** Iterates from random directions until the estimates settle. */
    void settle() {
        double[] before = new double[directions.size()];
        for (int i = 0; i < MOST_FIRST_ITERATIONS && !directions.isEmpty(); i++) {
            double[] now = iterate();
            boolean settled = true;
            for (int k = 0; k < now.length; k++) {
                settled &= Math.abs(now[k] - before[k]) <= SETTLED * now[k];
            }
            if (settled) {
                return;
            }
            before = now;
        }
    }

    /** One iteration of all layers by the weights of the moment; gives {@code ||W^T W v||}. */
    double[] iterate() {
        if (directions.isEmpty()) {
            return new double[0];
        }
        GraphRunner current = runner;
        if (current == null) {
            current = GraphRunner.of(sd, next, List.of());
            runner = current;
        }
        List<INDArray> images = current.run(directions);
        double[] lengths = new double[images.size()];
        int k = 0;
        for (Map.Entry<String, INDArray> direction : directions.entrySet()) {
            lengths[k] = images.get(k).norm2Number().doubleValue();
            // weights of 0 keep the direction; what is not finite shows in the loss
            if (lengths[k] > 0 && lengths[k] < Double.POSITIVE_INFINITY) {
                direction.setValue(images.get(k).div(lengths[k]).dup('c'));
            }
            k++;
        }
        return lengths;
    }

    @Override
    public void close() {
        if (runner != null) {
            runner.close();
        }
    }
}
