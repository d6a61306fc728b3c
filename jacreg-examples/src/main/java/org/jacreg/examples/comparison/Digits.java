package org.jacreg.examples.comparison;

import java.util.Arrays;
import org.jacreg.examples.data.LabelledImages;
import org.jacreg.examples.data.MnistData;

/**
 * The digits of a comparison: a function of the settings alone, so that all methods, seeds and processes have the same.
 *
 * @param train what is trained on
 * @param exam what is measured on
 * @param classes the number of classes
 */
record Digits(LabelledImages train, LabelledImages exam, int classes) {

    private static final long SEED = 20_260_101;

    static Digits of(ComparisonSettings settings, MnistData data) {
        int[] trainOrder = data.train().shuffled(SEED);
        int trainSize = settings.budget().trainSize();
        int size = settings.exam().size();
        boolean test = settings.exam().split() == Exam.Split.TEST;
        LabelledImages source = test ? data.test() : data.train();
        int free = test ? source.count() : source.count() - trainSize;
        Need.that(
                trainSize <= data.train().count(),
                "train-size: at most " + data.train().count(),
                trainSize);
        Need.that(size <= free, "test-size: at most " + free, size);
        int[] order = test ? source.shuffled(SEED) : trainOrder;
        int from = test ? 0 : order.length - size;
        return new Digits(
                data.train().choose(Arrays.copyOf(trainOrder, trainSize)),
                source.choose(Arrays.copyOfRange(order, from, from + size)),
                data.classes());
    }
}
