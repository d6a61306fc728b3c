package org.jacreg.attacks;

import org.jacreg.attacks.threat.Norm;
import org.jacreg.attacks.threat.Region;
import org.jacreg.classifier.Classifier;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of {@link Jsma}. */
final class JsmaSearch {

    private final Jsma.Options options;
    private final Oracle oracle;
    private final Region region;
    private final double direction;

    JsmaSearch(Jsma.Options options, Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        this.options = options;
        this.oracle = Oracle.of(model, x, y, Search.closest(Norm.L1, options.targeted()), listener);
        this.region = QuietOps.call(
                () -> Region.unbounded(Norm.L1, options.limits(), oracle.batch().points(), model.box()));
        this.direction = Math.signum(options.theta());
    }

    AttackResult run(String name) {
        int steps = (int) Math.floor(options.gamma() * oracle.entries() / 2);
        if (steps == 0) {
            throw new IllegalArgumentException("JSMA: a share of " + options.gamma() + " of " + oracle.entries()
                    + " entries is less than the two that a step changes; raise gamma");
        }
        int[] rows = oracle.missed();
        Active active = new Active(rows, oracle.copies(rows));
        for (int step = 0; step < steps && !active.isEmpty(); step++) {
            Gradients[] maps = maps(active);
            active.keep(i -> !oracle.isHit(active.row(i), maps[0].logits()[i])
                    && change(active.row(i), active.point(i), maps[0].inputs()[i], maps[1].inputs()[i]));
            oracle.progress(step + 1, steps);
        }
        oracle.logits(active.rows(), active.points());
        oracle.progress(steps, steps);
        return oracle.result(name, 0);
    }

    /** The gradients of what is to be raised and of the rest. */
    private Gradients[] maps(Active active) {
        LogitLoss own = (row, z, cotangent) -> {
            cotangent[oracle.label(row)] = 1;
            return z[oracle.label(row)];
        };
        LogitLoss others = (row, z, cotangent) -> {
            double sum = 0;
            for (int k = 0; k < z.length; k++) {
                cotangent[k] = k == oracle.label(row) ? 0 : 1;
                sum += cotangent[k] * z[k];
            }
            return sum;
        };
        Gradients first = oracle.gradients(active.rows(), active.points(), options.targeted() ? own : others);
        return new Gradients[] {
            first, oracle.gradients(active.rows(), active.points(), options.targeted() ? others : own)
        };
    }

    /** Changes the pair of greatest saliency; says whether there was one. */
    private boolean change(int row, double[] point, double[] raised, double[] rest) {
        int first = -1;
        int second = -1;
        double best = 0;
        for (int p = 0; p < point.length; p++) {
            if (!isFree(row, point, p)) {
                continue;
            }
            for (int q = p + 1; q < point.length; q++) {
                double up = direction * (raised[p] + raised[q]);
                double down = direction * (rest[p] + rest[q]);
                if (up > 0 && down < 0 && -up * down > best && isFree(row, point, q)) {
                    best = -up * down;
                    first = p;
                    second = q;
                }
            }
        }
        if (first < 0) {
            return false;
        }
        point[first] += options.theta();
        point[second] += options.theta();
        region.clip(row, point);
        return true;
    }

    private boolean isFree(int row, double[] point, int j) {
        return direction > 0 ? point[j] < region.upper(row, j) : point[j] > region.lower(row, j);
    }
}
