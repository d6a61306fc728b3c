package org.jacreg.vjp;

import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One row of the table of tested rules: an op inside a small network {@code logits = flatten(op(x * s)) W} with weights
 * {@code s} and {@code W}, so that the penalty's gradient by {@code s} runs through the derivative of the op's derivative.
 *
 * @param label tells rows of one op apart
 * @param opName the op whose rule is tested
 * @param inputShape shape of one sample
 * @param lower least input value
 * @param upper greatest input value
 * @param trainable whether ND4J 1.0.0-M2.1 itself can differentiate the op; if not, the second order is tested by rules alone
 * @param op builds the op on a variable of shape {@code [N, *inputShape]}
 */
record OpSpec(String label, String opName, long[] inputShape, double lower, double upper, boolean trainable, Op op) {

    static final int SAMPLES = 3;
    static final int CLASSES = 2;

    @FunctionalInterface
    interface Op {
        SDVariable apply(SameDiff sd, SDVariable x);
    }

    static OpSpec of(String label, String opName, Op op, long... inputShape) {
        return new OpSpec(label, opName, inputShape, -2, 2, true, op);
    }

    /** For ops whose gradient ND4J cannot build: a clone of the op loses the weight format. */
    static OpSpec firstOrder(String label, String opName, Op op, long... inputShape) {
        return new OpSpec(label, opName, inputShape, -2, 2, false, op);
    }

    static OpSpec positive(String label, String opName, Op op, long... inputShape) {
        return new OpSpec(label, opName, inputShape, 0.3, 2, true, op);
    }

    /** The network in float64, with loss {@code mean(logits)}. */
    SameDiff network(long seed) {
        Random random = new Random(seed);
        SameDiff sd = SameDiff.create();
        long[] shape = new long[inputShape.length + 1];
        shape[0] = -1;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, shape);
        SDVariable s = sd.var("s", random(random, 0.7, 1.3, inputShape));
        SDVariable out = op.apply(sd, x.mul(s));
        long features = features(sd, out);
        SDVariable flat = sd.reshape(out, -1, features);
        SDVariable weights = sd.var("W", random(random, -1, 1, features, CLASSES));
        SDVariable logits = flat.mmul("logits", weights);
        logits.mean("loss");
        sd.setLossVariables("loss");
        return sd;
    }

    private long features(SameDiff sd, SDVariable out) {
        INDArray value = sd.outputSingle(java.util.Map.of("x", input(1)), out.name());
        return value.length() / SAMPLES;
    }

    INDArray input(long seed) {
        long[] shape = new long[inputShape.length + 1];
        shape[0] = SAMPLES;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        return random(new Random(seed), lower, upper, shape);
    }

    static INDArray random(Random random, double lower, double upper, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, lower + (upper - lower) * random.nextDouble());
        }
        return array;
    }

    @Override
    public String toString() {
        return label;
    }
}
