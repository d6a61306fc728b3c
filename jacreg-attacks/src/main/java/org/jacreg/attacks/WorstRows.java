package org.jacreg.attacks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The worst of what several untargeted attacks found, sample by sample, and what they cost together. */
final class WorstRows {

    private final AttackOutcome[] outcomes;
    private final double[][] best;
    private final double[][] first;

    WorstRows(int samples) {
        this.outcomes = new AttackOutcome[samples];
        this.best = new double[samples][];
        this.first = new double[samples][];
    }

    /** Takes note of an attack on the samples {@code rows}; {@code result} holds them in this order. */
    void add(int[] rows, AttackResult result) {
        double[] points = values(result.adversarial());
        double[] firsts = values(result.firstAdversarial());
        int entries = points.length / rows.length;
        for (int i = 0; i < rows.length; i++) {
            int row = rows[i];
            AttackOutcome found = result.outcomes().get(i);
            AttackOutcome before = outcomes[row];
            boolean firstAttack = outcomes[row] == null;
            boolean better = firstAttack
                    || (found.success() == before.success() ? found.loss() > before.loss() : found.success());
            if (better) {
                best[row] = Arrays.copyOfRange(points, i * entries, (i + 1) * entries);
            }
            if (firstAttack || (found.success() && !before.success())) {
                first[row] = Arrays.copyOfRange(firsts, i * entries, (i + 1) * entries);
            }
            outcomes[row] = firstAttack ? found : together(before, found, better ? found : before);
        }
    }

    /** The samples that no attack has broken. */
    int[] unbroken() {
        return IntStream.range(0, outcomes.length)
                .filter(row -> !outcomes[row].success())
                .toArray();
    }

    List<AttackOutcome> outcomes() {
        return List.of(outcomes);
    }

    double[][] best() {
        return best;
    }

    double[][] first() {
        return first;
    }

    private static AttackOutcome together(AttackOutcome a, AttackOutcome b, AttackOutcome better) {
        return new AttackOutcome(
                better.label(),
                better.cleanPrediction(),
                better.prediction(),
                better.success(),
                better.cleanLoss(),
                better.loss(),
                Math.max(a.extremeLoss(), b.extremeLoss()),
                better.linf(),
                better.l2(),
                better.l1(),
                better.l0(),
                // the earlier attack's first success is the first
                a.success() ? a.firstDistance() : b.firstDistance(),
                a.gradients() + b.gradients(),
                a.forwards() + b.forwards(),
                a.zeroGradients() + b.zeroGradients());
    }

    private static double[] values(INDArray points) {
        return points.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }
}
