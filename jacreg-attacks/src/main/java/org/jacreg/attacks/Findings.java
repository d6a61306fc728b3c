package org.jacreg.attacks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacreg.attacks.threat.Norm;

/**
 * Remembers, for every sample of a batch held as Java rows, the best point and the first success among the points offered to it.
 *
 * <p>The first point offered for a sample must be the input itself. What {@link PointTracker} is for arrays.
 */
final class Findings {

    private final AttackBatch batch;
    private final Search search;
    private final double[][] inputs;
    private final double[][] best;
    private final double[][] first;
    private final Tally[] tallies;

    Findings(AttackBatch batch, Search search, double[][] inputs) {
        this.batch = batch;
        this.search = search;
        this.inputs = inputs;
        this.best = inputs.clone();
        this.first = inputs.clone();
        this.tallies = new Tally[inputs.length];
        Arrays.setAll(tallies, n -> new Tally(batch.labels()[n]));
    }

    /** Takes note of a point, which may be changed afterwards, and of what the model says about it. */
    void offer(int row, double[] point, double loss, int prediction) {
        if (search.radius() < Double.POSITIVE_INFINITY
                && search.norm().distance(point, inputs[row]) > search.radius()) {
            return;
        }
        Tally tally = tallies[row];
        boolean before = tally.success;
        boolean better = search.closest()
                ? tally.offerCloser(
                        loss, prediction, search.targeted(), search.measure().between(point, inputs[row]))
                : tally.offer(loss, prediction, search.targeted());
        boolean firstSuccess = !before && tally.success;
        if (better || firstSuccess) {
            double[] kept = point.clone();
            best[row] = better ? kept : best[row];
            first[row] = firstSuccess ? kept : first[row];
        }
    }

    Tally tally(int row) {
        return tallies[row];
    }

    boolean isBroken(int row) {
        return tallies[row].success;
    }

    /** Whether a class is what is looked for. */
    boolean isHit(int row, int prediction) {
        return search.isHit(prediction, batch.labels()[row]);
    }

    /** Whether there is nothing to gain any more: the input itself is a success, at distance 0. */
    boolean isHitFromTheStart(int row) {
        return search.isHit(tallies[row].cleanPrediction(), batch.labels()[row]);
    }

    /** The distance of the best success, in the norm of the search; infinite if there is none. */
    double distance(int row) {
        return tallies[row].success ? search.norm().distance(best[row], inputs[row]) : Double.POSITIVE_INFINITY;
    }

    /** The best point so far; not to be modified. */
    double[] best(int row) {
        return best[row];
    }

    AttackResult result(String attack, long seed, Duration elapsed) {
        List<AttackOutcome> outcomes = new ArrayList<>();
        for (int n = 0; n < tallies.length; n++) {
            outcomes.add(tallies[n].outcome(
                    Norm.LINF.distance(best[n], inputs[n]),
                    Norm.L2.distance(best[n], inputs[n]),
                    Norm.L1.distance(best[n], inputs[n]),
                    changed(best[n], inputs[n]),
                    search.norm().distance(first[n], inputs[n])));
        }
        return new AttackResult(
                batch.inputs(best),
                batch.inputs(first),
                outcomes,
                search.norm(),
                search.targeted(),
                attack,
                seed,
                elapsed);
    }

    private static int changed(double[] a, double[] b) {
        int count = 0;
        for (int j = 0; j < a.length; j++) {
            count += a[j] != b[j] ? 1 : 0;
        }
        return count;
    }
}
