package org.jacreg.examples.study;

import java.util.Arrays;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;

/**
 * The digits of one network: a function of seed and size alone, so that all ways of training have the same. Those of a smaller size
 * are the first of a larger.
 *
 * @param train what is trained on
 * @param seen the first of them, to be measured on
 * @param unseen test digits, to be measured on
 */
record StudyDigits(LabelledImages train, LabelledImages seen, LabelledImages unseen) {

    static StudyDigits of(MnistData data, int size, long seed, int examSize) {
        require("sizes", size, data.train().count());
        require("exam-size", examSize, data.test().count());
        LabelledImages train = data.train().choose(Arrays.copyOf(data.train().shuffled(seed), size));
        return new StudyDigits(
                train,
                train.first(Math.min(examSize, size)),
                data.test().choose(Arrays.copyOf(data.test().shuffled(seed), examSize)));
    }

    private static void require(String name, int wanted, int available) {
        if (wanted > available) {
            throw new IllegalArgumentException(
                    name + ": expected at most the " + available + " digits there are, got " + wanted);
        }
    }
}
