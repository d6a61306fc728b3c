package org.jacreg.attacks.objective;

import java.util.Arrays;
import org.jacreg.classifier.Classifier;

/**
 * Examples beyond the ball with the labels of another network: {@code x_h = x + distance (x' - x)} and the class that the
 * teacher gives to {@code x'}.
 *
 * @param teacher a network trained without attacks
 * @param distance how far, in multiples of the perturbation
 */
record HelperExamples(Classifier teacher, double distance) {

    void requireSameTask(Classifier student) {
        if (teacher.classes() != student.classes()) {
            throw new IllegalArgumentException(
                    "the teacher has " + teacher.classes() + " classes, the graph in training " + student.classes()
                            + "; labels of the one mean nothing to the other");
        }
        if (!Arrays.equals(teacher.inputShape(), student.inputShape())) {
            throw new IllegalArgumentException(
                    "the teacher takes inputs of shape " + Arrays.toString(teacher.inputShape())
                            + ", the graph in training of shape " + Arrays.toString(student.inputShape()));
        }
    }

    @Override
    public String toString() {
        return "[distance=" + distance + ", teacher=" + teacher.classes() + " classes]";
    }
}
