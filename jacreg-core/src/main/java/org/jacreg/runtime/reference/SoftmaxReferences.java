package org.jacreg.runtime.reference;

/** Softmax along an axis, its logarithm, the cross-entropy, and their backward ops. */
final class SoftmaxReferences {

    /** How losses of samples become one: not at all, by sum, by mean over weights, by mean over what has a weight. */
    private static final int NONE = 0;

    private static final int SUM = 1;
    private static final int MEAN_BY_WEIGHT = 2;

    private SoftmaxReferences() {}

    static void addTo(References.Builder builder) {
        builder.add("softmax", along((call, o, i) -> Math.exp(logSoftmax(call, i))));
        builder.add("log_softmax", along((call, o, i) -> logSoftmax(call, i)));
        builder.add("softmax_bp", along(SoftmaxReferences::softmaxGradient));
        builder.add("log_softmax_bp", along(SoftmaxReferences::logSoftmaxGradient));
        builder.add(
                "softmax_cross_entropy_loss",
                Reference.of(SoftmaxReferences::loss)
                        .terms((call, o) -> call.in(0).values().length)
                        .oneHotLast());
        builder.add(
                "softmax_cross_entropy_loss_grad",
                Reference.of(SoftmaxReferences::lossGradient)
                        .terms((call, o) -> call.in(0).size(-1))
                        .oneHotLast()
                        .firstOutputs(1));
    }

    private static Reference along(Reference.Entry entry) {
        return Reference.of(entry).terms((call, o) -> call.in(0).size(axis(call)));
    }

    private static int axis(OpCall call) {
        int rank = call.in(0).rank();
        // The losses have something else in their first integer, and the classes on the last axis.
        boolean loss = call.opName().contains("loss");
        return loss ? rank - 1 : Math.floorMod(call.integer(0, rank - 1), rank);
    }

    private static double logSoftmax(OpCall call, int[] index) {
        Operand x = call.in(0);
        int axis = axis(call);
        int[] at = index.clone();
        double top = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < x.size(axis); c++) {
            at[axis] = c;
            top = Math.max(top, x.at(at));
        }
        double sum = 0;
        for (int c = 0; c < x.size(axis); c++) {
            at[axis] = c;
            sum += Math.exp(x.at(at) - top);
        }
        return x.at(index) - top - Math.log(sum);
    }

    private static double softmaxGradient(OpCall call, int output, int[] index) {
        int axis = axis(call);
        int[] at = index.clone();
        double mean = 0;
        for (int c = 0; c < call.in(0).size(axis); c++) {
            at[axis] = c;
            mean += Math.exp(logSoftmax(call, at)) * call.in(1).at(at);
        }
        return Math.exp(logSoftmax(call, index)) * (call.in(1).at(index) - mean);
    }

    private static double logSoftmaxGradient(OpCall call, int output, int[] index) {
        int axis = axis(call);
        int[] at = index.clone();
        double sum = 0;
        for (int c = 0; c < call.in(0).size(axis); c++) {
            at[axis] = c;
            sum += call.in(1).at(at);
        }
        return call.in(1).at(index) - Math.exp(logSoftmax(call, index)) * sum;
    }

    /** Operands: logits {@code [N, C]}, weights of samples, labels. */
    private static double loss(OpCall call, int output, int[] index) {
        requireMatrix(call);
        if (call.integer(0) == NONE) {
            return sampleLoss(call, index[0]) * weight(call, index[0]);
        }
        double sum = 0;
        for (int n = 0; n < call.in(0).size(0); n++) {
            sum += sampleLoss(call, n) * weight(call, n);
        }
        return sum / divisor(call);
    }

    private static double sampleLoss(OpCall call, int sample) {
        double sum = 0;
        for (int c = 0; c < call.in(0).size(1); c++) {
            sum -= label(call, sample, c) * logSoftmax(call, new int[] {sample, c});
        }
        return sum;
    }

    private static double label(OpCall call, int sample, int c) {
        double smoothing = call.number(0, 0);
        return call.in(2).at(sample, c) * (1 - smoothing)
                + smoothing / call.in(0).size(1);
    }

    private static double weight(OpCall call, int sample) {
        double[] weights = call.in(1).values();
        return weights.length == 1 ? weights[0] : weights[sample];
    }

    private static double divisor(OpCall call) {
        if (call.integer(0) <= SUM) {
            return 1;
        }
        double sum = 0;
        for (int n = 0; n < call.in(0).size(0); n++) {
            sum += call.integer(0) == MEAN_BY_WEIGHT ? weight(call, n) : weight(call, n) == 0 ? 0 : 1;
        }
        return sum;
    }

    private static double lossGradient(OpCall call, int output, int[] index) {
        requireMatrix(call);
        double p = Math.exp(logSoftmax(call, index));
        return (p - label(call, index[0], index[1])) * weight(call, index[0]) / divisor(call);
    }

    private static void requireMatrix(OpCall call) {
        if (call.in(0).rank() != 2) {
            throw new UnsupportedOperationException(
                    "a cross-entropy of rank " + call.in(0).rank());
        }
    }
}
