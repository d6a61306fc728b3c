package org.jacreg.examples.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jacreg.examples.data.LabelledImages;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some images of a set, as arrays ready for a model.
 *
 * @param images the chosen images
 * @param places where each stands in the set it was chosen from
 * @param x {@code [N, D]}, pixels in {@code [0, 1]}
 * @param y {@code [N, C]}, one-hot
 */
record Sample(LabelledImages images, List<Integer> places, INDArray x, INDArray y) {

    /**
     * Draws images without repetition; all of them, in their own order, if no fewer are wanted.
     *
     * <p>The first images of a file are not a fair sample: the first half of MNIST's test file is known to be easier.
     */
    static Sample draw(LabelledImages set, int classes, int size, long seed) {
        int[] order = set.all();
        if (size < order.length) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < size; i++) {
                int j = random.nextInt(i, order.length);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            order = Arrays.copyOf(order, size);
        }
        return of(set, classes, order);
    }

    /** The first images of this sample; all of them if there are no more. */
    Sample first(int size, int classes) {
        LabelledImages chosen = images.first(Math.min(size, images.count()));
        int[] all = chosen.all();
        return new Sample(chosen, places.subList(0, all.length), chosen.features(all), chosen.oneHot(all, classes));
    }

    int size() {
        return images.count();
    }

    int[] labels() {
        return images.labels(images.all());
    }

    private static Sample of(LabelledImages set, int classes, int[] places) {
        LabelledImages chosen = set.choose(places);
        int[] all = chosen.all();
        return new Sample(
                chosen, Arrays.stream(places).boxed().toList(), chosen.features(all), chosen.oneHot(all, classes));
    }
}
