package org.jacreg.bounds.certify.training;

import org.jacreg.graph.GraphModel;
import org.jacreg.training.LossReplacement;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Pairs of classes as columns: {@code E}, [C, C*C], has {@code e_i - e_j} in column {@code i C + j}, so that {@code z E} are all
 * differences of logits. What belongs to the true class is selected by a mask that is fed.
 */
final class ClassPairs {

    static final String MASK = LossReplacement.SCOPE + "/true_class_pairs";
    static final String TARGETS = LossReplacement.SCOPE + "/targets";

    private final SameDiff sd;
    private final int classes;
    private final SDVariable differences;
    private final SDVariable mask;
    private final SDVariable targets;
    private final SDVariable second;

    /** Adds matrices and placeholders to the graph. */
    ClassPairs(GraphModel model, int classes) {
        this.sd = model.sameDiff();
        this.classes = classes;
        DataType type = sd.getVariable(model.logits()).dataType();
        this.differences = sd.constant(
                LossReplacement.SCOPE + "/pairs", differences(classes).castTo(type));
        this.second = sd.constant(
                LossReplacement.SCOPE + "/second_of_pair", second(classes).castTo(type));
        this.mask = sd.placeHolder(MASK, type, -1, (long) classes * classes);
        this.targets = sd.placeHolder(TARGETS, type, -1, classes);
    }

    private static INDArray differences(int classes) {
        double[][] rows = new double[classes][classes * classes];
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                rows[i][i * classes + j] += 1;
                rows[j][i * classes + j] -= 1;
            }
        }
        return Nd4j.createFromArray(rows);
    }

    private static INDArray second(int classes) {
        double[][] rows = new double[classes * classes][classes];
        for (int pair = 0; pair < rows.length; pair++) {
            rows[pair][pair % classes] = 1;
        }
        return Nd4j.createFromArray(rows);
    }

    /** One-hot rows of the true classes, {@code [N, C]}. */
    static INDArray targets(int[] labels, int classes, DataType type) {
        double[][] rows = new double[labels.length][classes];
        for (int n = 0; n < labels.length; n++) {
            rows[n][labels[n]] = 1;
        }
        return Nd4j.createFromArray(rows).castTo(type);
    }

    /** Ones at the pairs whose first class is the true one, {@code [N, C*C]}. */
    static INDArray mask(int[] labels, int classes, DataType type) {
        double[][] rows = new double[labels.length][classes * classes];
        for (int n = 0; n < labels.length; n++) {
            java.util.Arrays.fill(rows[n], labels[n] * classes, (labels[n] + 1) * classes, 1);
        }
        return Nd4j.createFromArray(rows).castTo(type);
    }

    int classes() {
        return classes;
    }

    /** {@code a E}: of rows [.., C], the differences of all pairs of columns. */
    SDVariable differencesOf(SDVariable rows) {
        return rows.mmul(differences);
    }

    /** Of values of all pairs, {@code [N, C*C]}, those of the true class with every class, {@code [N, C]}. */
    SDVariable ofTrueClass(SDVariable pairs) {
        return pairs.mul(mask).mmul(second);
    }

    /** The sum over the second class of what all pairs have, by the first one's weight: for a matrix [1, C*C]. */
    SDVariable square(SDVariable pairs) {
        return sd.reshape(pairs, classes, classes);
    }

    /** {@code |E|}: every entry of a pair. */
    SDVariable absolute() {
        return sd.math().abs(differences);
    }

    /** The mean over the batch of {@code -ln softmax(rows)_y}. */
    SDVariable crossEntropy(SDVariable rows) {
        return targets.mul(sd.nn().logSoftmax(rows)).mean().mul(-classes);
    }

    SDVariable targets() {
        return targets;
    }
}
