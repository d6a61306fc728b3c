package org.jacreg.networks;

import java.util.Random;
import org.jacreg.nets.SmallNets;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A graph under construction: input, weights drawn one after the other from one seed, and the loss at the end. */
final class GraphParts {

    final SameDiff sd = SameDiff.create();
    final SDVariable x;

    private final DataType type;
    private final Random random;
    private int weights;

    GraphParts(DataType type, long seed, long... inputShape) {
        this.type = type;
        this.random = new Random(seed);
        long[] shape = new long[inputShape.length + 1];
        shape[0] = -1;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        this.x = sd.placeHolder(SmallNets.INPUT, type, shape);
    }

    /** Normal numbers, {@code scale} times {@code fanIn^-1/2}. */
    SDVariable weight(String role, double scale, long fanIn, long... shape) {
        return sd.var(name(role), SmallNets.normal(type, random, scale / Math.sqrt(fanIn), shape));
    }

    SDVariable filled(String role, double value, long... shape) {
        return sd.var(name(role), Nd4j.valueArrayOf(shape, value, type));
    }

    SDVariable constant(double value, long... shape) {
        return sd.constant(Nd4j.valueArrayOf(shape, value, type));
    }

    /** {@code h W + b} for {@code h [rows, in]}. */
    SDVariable dense(SDVariable h, double scale, long in, long out) {
        return h.mmul(weight("W", scale, in, in, out)).add(filled("b", 0, 1, out));
    }

    /** A dense layer for the logits, and the mean cross-entropy. */
    SameDiff classes(SDVariable h, long in, int classes) {
        h.mmul(weight("W", 1, in, in, classes)).add(SmallNets.LOGITS, filled("b", 0, 1, classes));
        SDVariable label = sd.placeHolder(SmallNets.LABEL, type, -1, classes);
        sd.loss().softmaxCrossEntropy(SmallNets.LOSS, label, sd.getVariable(SmallNets.LOGITS), null);
        return sd;
    }

    private String name(String role) {
        return role + weights++;
    }
}
