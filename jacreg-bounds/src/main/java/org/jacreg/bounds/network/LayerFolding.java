package org.jacreg.bounds.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Folds diagonal maps into the linear layers beside them: into the one before if there is one, else into the one after. */
final class LayerFolding {

    private LayerFolding() {}

    static List<Layer> fold(List<Layer> layers) {
        List<Layer> folded = new ArrayList<>();
        for (Layer layer : layers) {
            Layer last = folded.isEmpty() ? null : folded.get(folded.size() - 1);
            Optional<LinearLayer> joined = last instanceof LinearLayer before && layer instanceof LinearLayer after
                    ? joined(before, after)
                    : Optional.empty();
            if (joined.isPresent()) {
                folded.set(folded.size() - 1, joined.get());
            } else {
                folded.add(layer);
            }
        }
        // a diagonal that fits no layer before it may fit the next one only after that has been read
        return folded.size() < layers.size() ? fold(folded) : folded;
    }

    /** One layer for two, if one of them is diagonal and fits the other. */
    private static Optional<LinearLayer> joined(LinearLayer before, LinearLayer after) {
        if (after instanceof Scaling scaling) {
            return afterwards(before, scaling);
        }
        return before instanceof Scaling scaling ? beforehand(scaling, after) : Optional.empty();
    }

    private static Optional<LinearLayer> afterwards(LinearLayer before, Scaling after) {
        if (before instanceof Scaling first) {
            return Optional.of(after.after(first));
        }
        if (before instanceof Affine affine) {
            return Optional.of(affine.scaledOutputs(after.scale(), after.bias()));
        }
        Convolution convolution = (Convolution) before;
        return perChannel(after.scale(), convolution.features())
                .map(scale -> convolution.scaledOutputs(scale, after.bias()));
    }

    private static Optional<LinearLayer> beforehand(Scaling before, LinearLayer after) {
        if (after instanceof Affine affine) {
            return Optional.of(affine.scaledInputs(before.scale(), before.bias()));
        }
        Convolution convolution = (Convolution) after;
        return perChannel(before.scale(), convolution.image())
                .map(scale -> convolution.scaledInputs(scale, before.bias()));
    }

    /** One number for every channel, if it is the same all over the channel. */
    private static Optional<double[]> perChannel(double[] all, ImageLayout layout) {
        double[] result = new double[layout.channels()];
        Arrays.setAll(result, c -> all[layout.index(c, 0, 0)]);
        for (int c = 0; c < layout.channels(); c++) {
            for (int y = 0; y < layout.height(); y++) {
                for (int x = 0; x < layout.width(); x++) {
                    if (all[layout.index(c, y, x)] != result[c]) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(result);
    }
}
