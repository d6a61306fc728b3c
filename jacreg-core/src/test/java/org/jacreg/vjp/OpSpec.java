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

    private static final ThreadLocal<DataType> BUILT = ThreadLocal.withInitial(() -> DataType.DOUBLE);

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
        return network(seed, DataType.DOUBLE);
    }

    /** The network in another type; fails where the row's op holds float64 constants. */
    SameDiff network(long seed, DataType type) {
        Random random = new Random(seed);
        SameDiff sd = SameDiff.create();
        long[] shape = new long[inputShape.length + 1];
        shape[0] = -1;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        SDVariable x = sd.placeHolder("x", type, shape);
        SDVariable s = sd.var("s", random(random, 0.7, 1.3, inputShape).castTo(type));
        SDVariable out = applied(sd, x.mul(s), type);
        long features = features(sd, x, out);
        SDVariable flat = sd.reshape(out, -1, features);
        SDVariable weights =
                sd.var("W", random(random, -1, 1, features, CLASSES).castTo(type));
        SDVariable logits = flat.mmul("logits", weights);
        logits.mean("loss");
        sd.setLossVariables("loss");
        return sd;
    }

    private SDVariable applied(SameDiff sd, SDVariable x, DataType type) {
        BUILT.set(type);
        try {
            return op.apply(sd, x);
        } finally {
            BUILT.remove();
        }
    }

    private long features(SameDiff sd, SDVariable x, SDVariable out) {
        INDArray value = sd.outputSingle(java.util.Map.of("x", input(1).castTo(x.dataType())), out.name());
        return value.length() / SAMPLES;
    }

    INDArray input(long seed) {
        long[] shape = new long[inputShape.length + 1];
        shape[0] = SAMPLES;
        System.arraycopy(inputShape, 0, shape, 1, inputShape.length);
        return random(new Random(seed), lower, upper, shape);
    }

    /** Numbers of the type of the network that is being built on this thread, float64 outside of that. */
    static INDArray random(Random random, double lower, double upper, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, lower + (upper - lower) * random.nextDouble());
        }
        return array.castTo(BUILT.get());
    }

    @Override
    public String toString() {
        return label;
    }
}
