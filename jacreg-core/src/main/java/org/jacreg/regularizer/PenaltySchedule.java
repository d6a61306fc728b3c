package org.jacreg.regularizer;

import java.util.List;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.schedule.ISchedule;

/** Sets scheduled lambdas before every iteration of {@code fit}. */
final class PenaltySchedule extends BaseListener {

    /** A lambda in the graph and the schedule it follows. */
    record Entry(SDVariable lambda, ISchedule schedule) {}

    private final List<Entry> entries;

    PenaltySchedule(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    static double checked(double lambda) {
        if (!(lambda >= 0 && Double.isFinite(lambda))) {
            throw new IllegalArgumentException("lambda must be finite and not negative, but is " + lambda);
        }
        return lambda;
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public void iterationStart(SameDiff sd, At at, MultiDataSet data, long etlMillis) {
        for (Entry entry : entries) {
            INDArray array = entry.lambda().getArr();
            array.assign(checked(entry.schedule().valueAt(at.iteration(), at.epoch())));
        }
    }
}
