package org.jacreg.runtime;

import java.util.Optional;
import org.jacreg.runtime.kernel.ConvolutionShape;
import org.jacreg.runtime.kernel.ImageShape;
import org.jacreg.runtime.kernel.PoolShape;
import org.jacreg.runtime.kernel.WeightFormat;
import org.jacreg.runtime.kernel.Window;

/**
 * Shapes for kernels out of the integers of ND4J's two-dimensional convolutions and poolings: kernel, stride, padding, dilation, each for
 * height and width, then the padding mode (0 as given, 1 "same").
 */
final class PlanarWindow {

    private static final int MODE = 8;

    private PlanarWindow() {}

    static Optional<PoolShape> pooling(long[] settings, Value image, Value pooled) {
        return window(settings, image, pooled)
                .map(window -> new PoolShape(Math.toIntExact(image.size(0)), shape(image), shape(pooled), window));
    }

    static Optional<ConvolutionShape> convolution(long[] settings, Value images, Value features, WeightFormat format) {
        return window(settings, images, features)
                .map(window -> new ConvolutionShape(
                        Math.toIntExact(images.size(0)), shape(images), shape(features), window, format));
    }

    private static Optional<Window> window(long[] s, Value from, Value to) {
        long top = pad(s, 0, from.size(2), to.size(2));
        long left = pad(s, 1, from.size(3), to.size(3));
        if (top < 0 || left < 0) {
            return Optional.empty();
        }
        return Optional.of(new Window(
                Math.toIntExact(s[0]),
                Math.toIntExact(s[1]),
                Math.toIntExact(s[2]),
                Math.toIntExact(s[3]),
                Math.toIntExact(s[6]),
                Math.toIntExact(s[7]),
                Math.toIntExact(top),
                Math.toIntExact(left)));
    }

    /** What is padded before the first row or column; in "same" mode the smaller half of what is missing. */
    private static long pad(long[] s, int axis, long from, long to) {
        if (s[MODE] == 0) {
            return s[4 + axis];
        }
        long covered = (to - 1) * s[2 + axis] + (s[axis] - 1) * s[6 + axis] + 1;
        return Math.floorDiv(covered - from, 2);
    }

    private static ImageShape shape(Value images) {
        return new ImageShape(
                Math.toIntExact(images.size(1)), Math.toIntExact(images.size(2)), Math.toIntExact(images.size(3)));
    }
}
