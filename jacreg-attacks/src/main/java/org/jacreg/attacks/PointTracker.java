package org.jacreg.attacks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Remembers, for every sample of a batch, the best point and the first success among the points offered to it.
 *
 * <p>The first point offered must be the input itself. A success is better than a failure; among equals the more extreme
 * loss is better, and the earlier point wins a tie.
 */
final class PointTracker {

    private final AttackBatch batch;
    private final boolean targeted;
    private final INDArray best;
    private final INDArray first;
    private final Tally[] tallies;

    PointTracker(AttackBatch batch, boolean targeted) {
        this(batch, targeted, batch.points().dup(), batch.points().dup(), new Tally[batch.size()]);
        Arrays.setAll(tallies, n -> new Tally(batch.labels()[n]));
    }

    private PointTracker(AttackBatch batch, boolean targeted, INDArray best, INDArray first, Tally[] tallies) {
        this.batch = batch;
        this.targeted = targeted;
        this.best = best;
        this.first = first;
        this.tallies = tallies;
    }

    /** Takes note of {@code [N, D]} points, not modified, and of what the model says about them. */
    void offer(INDArray points, Scores scores) {
        boolean[] better = new boolean[tallies.length];
        boolean[] broken = new boolean[tallies.length];
        for (int n = 0; n < tallies.length; n++) {
            boolean before = tallies[n].success;
            better[n] = tallies[n].offer(scores.loss(n), scores.prediction(n), targeted);
            broken[n] = !before && tallies[n].success;
        }
        RowCopy.copy(points, best, better);
        RowCopy.copy(points, first, broken);
    }

    void countForward() {
        for (Tally tally : tallies) {
            tally.forwards++;
        }
    }

    void countGradient(boolean[] zero) {
        for (int n = 0; n < tallies.length; n++) {
            tallies[n].gradients++;
            tallies[n].zeroGradients += zero[n] ? 1 : 0;
        }
    }

    /** The rows without a success so far. */
    int[] unbroken() {
        return IntStream.range(0, tallies.length)
                .filter(n -> !tallies[n].success)
                .toArray();
    }

    /** A tracker for some rows that goes on counting for this one; give it back to {@link #takeBack}. */
    PointTracker forRows(int[] rows) {
        Tally[] shared = Arrays.stream(rows).mapToObj(row -> tallies[row]).toArray(Tally[]::new);
        return new PointTracker(
                batch.rows(rows), targeted, Nd4j.pullRows(best, 1, rows), Nd4j.pullRows(first, 1, rows), shared);
    }

    AttackBatch batch() {
        return batch;
    }

    /** Takes over the points of a tracker that {@link #forRows} made for {@code rows}. */
    void takeBack(int[] rows, PointTracker part) {
        for (int n = 0; n < rows.length; n++) {
            best.getRow(rows[n]).assign(part.best.getRow(n));
            first.getRow(rows[n]).assign(part.first.getRow(n));
        }
    }

    AttackResult result(Norm norm, String attack, long seed, Duration elapsed) {
        double[] linf = Norm.LINF.distances(best, batch.points());
        double[] l2 = Norm.L2.distances(best, batch.points());
        double[] l1 = Norm.L1.distances(best, batch.points());
        double[] changed = best.neq(batch.points())
                .castTo(DataType.DOUBLE)
                .sum(true, 1)
                .data()
                .asDouble();
        double[] firstDistance = norm.distances(first, batch.points());
        List<AttackOutcome> outcomes = new ArrayList<>();
        for (int n = 0; n < tallies.length; n++) {
            outcomes.add(tallies[n].outcome(linf[n], l2[n], l1[n], (int) changed[n], firstDistance[n]));
        }
        return new AttackResult(
                batch.shaped(best), batch.shaped(first), outcomes, norm, targeted, attack, seed, elapsed);
    }
}
