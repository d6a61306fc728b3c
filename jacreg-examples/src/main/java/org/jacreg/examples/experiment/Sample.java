package org.jacreg.examples.experiment;

import java.util.Arrays;
import java.util.List;
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

    /** Draws images without repetition; all of them, in their own order, if no fewer are wanted. */
    static Sample draw(LabelledImages set, int classes, int size, long seed) {
        return of(set, classes, size < set.count() ? set.drawn(size, seed) : set.all());
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
