package org.jacreg.vjp;

import org.nd4j.autodiff.loss.LossReduce;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a cotangent of a weighted and reduced loss means for every single loss before that. */
final class LossSeed {

    private static final int WEIGHTS = 1;

    private LossSeed() {}

    /**
     * The cotangent of every single loss: {@code ct w} for kept and summed losses, {@code ct w / sum(w)} or {@code ct w /
     * count(w != 0)} for averaged ones.
     *
     * @param losses any variable that has the shape of the losses before they are reduced
     * @return of the losses' shape or broadcasting to it
     */
    static SDVariable of(VjpContext context, SDVariable ct, SDVariable losses) {
        LossReduce mode = mode(context);
        SDVariable weights = context.input(WEIGHTS);
        INDArray value = weights.isConstant() ? weights.getArr() : null;
        if (value != null && value.length() == 1) {
            return ofCommonWeight(mode, ct, value.getDouble(0), losses);
        }
        return switch (mode) {
            case NONE -> context.scale(ct, weights, context.inputSpec(WEIGHTS));
            case SUM -> weights.mul(ct);
            case MEAN_BY_WEIGHT -> weights.mul(ct.div(total(weights, losses)));
            case MEAN_BY_NONZERO_WEIGHT_COUNT -> {
                SameDiff sd = context.graph();
                yield weights.mul(ct.div(total(sd.math().step(sd.math().abs(weights), 0), losses)));
            }
        };
    }

    /** From the op's numbers: its own field does not survive a copy of the graph. */
    static LossReduce mode(VjpContext context) {
        return switch ((int) context.integerArguments()[0]) {
            case 0 -> LossReduce.NONE;
            case 1 -> LossReduce.SUM;
            case 2 -> LossReduce.MEAN_BY_WEIGHT;
            case 3 -> LossReduce.MEAN_BY_NONZERO_WEIGHT_COUNT;
            default -> throw new IllegalArgumentException(context.describe() + " reduces in an unknown way");
        };
    }

    private static SDVariable ofCommonWeight(LossReduce mode, SDVariable ct, double weight, SDVariable losses) {
        SDVariable share = switch (mode) {
            case NONE, SUM -> ct;
            case MEAN_BY_WEIGHT, MEAN_BY_NONZERO_WEIGHT_COUNT ->
                ct.div(losses.getSameDiff().size(losses).castTo(losses.dataType()));
        };
        // A weighted mean does not change with the weight that all have in common, unless that is 0.
        boolean cancels = mode == LossReduce.MEAN_BY_WEIGHT && weight != 0;
        return cancels || weight == 1 ? share : share.mul(weight);
    }

    /** The sum over all losses, and 1 instead of 0: without any weight the mean is 0, not 0 / 0. */
    private static SDVariable total(SDVariable counted, SDVariable losses) {
        SameDiff sd = losses.getSameDiff();
        SDVariable total = Ones.like(losses).mul(counted).sum();
        return total.add(sd.math().step(sd.math().abs(total), 0).rsub(1));
    }
}
