package org.jacreg.runtime.reference;

/** Pooling by maximum and mean over two axes, and their backward ops. */
final class PoolingReferences {

    private PoolingReferences() {}

    static void addTo(References.Builder builder) {
        builder.add("maxpool2d", Reference.of((call, o, i) -> {
            SlidingWindow window = window(call, call.outputShapes().get(0));
            return maximum(call, window, i[0], window.channel(i), window.space(i));
        }));
        builder.add(
                "maxpool2d_bp",
                Reference.of(PoolingReferences::maximumGradient)
                        .terms((call, o) -> (long) call.integer(0) * call.integer(1)));
        builder.add(
                "avgpool2d",
                Reference.of(PoolingReferences::mean).terms((call, o) -> (long) call.integer(0) * call.integer(1)));
        builder.add(
                "avgpool2d_bp",
                Reference.of(PoolingReferences::meanGradient)
                        .terms((call, o) -> (long) call.integer(0) * call.integer(1)));
    }

    private static SlidingWindow window(OpCall call, long[] positions) {
        return SlidingWindow.of(call, call.in(0).shape(), positions, call.integer(10, 0) != 0);
    }

    private static double maximum(OpCall call, SlidingWindow window, int sample, int channel, int[] position) {
        double best = Double.NEGATIVE_INFINITY;
        int[] tap = new int[2];
        do {
            int[] place = window.place(position, tap);
            if (window.inside(place)) {
                best = Math.max(best, window.at(call.in(0), sample, channel, place));
            }
        } while (Counter.next(tap, window.taps()));
        return best;
    }

    /** Random operands have no ties, so whoever equals the maximum is it. */
    private static double maximumGradient(OpCall call, int output, int[] index) {
        Operand reached = call.in(1);
        SlidingWindow window = window(call, reached.shape());
        int channel = window.channel(index);
        double own = call.in(0).at(index);
        return Counter.sum(window.taps(), tap -> {
            int[] position = window.position(window.space(index), tap);
            if (position == null || maximum(call, window, index[0], channel, position) != own) {
                return 0;
            }
            return window.atPosition(reached, index[0], channel, position);
        });
    }

    /** What a window's sum is divided by: its taps on the image, or all of them. */
    private static double divisor(OpCall call, SlidingWindow window, int[] position) {
        boolean all = call.integer(9, 0) != 0;
        return Counter.sum(window.taps(), tap -> all || window.inside(window.place(position, tap)) ? 1 : 0);
    }

    private static double mean(OpCall call, int output, int[] index) {
        SlidingWindow window = window(call, call.outputShapes().get(0));
        int[] position = window.space(index);
        double sum = Counter.sum(
                window.taps(),
                tap -> window.at(call.in(0), index[0], window.channel(index), window.place(position, tap)));
        return sum / divisor(call, window, position);
    }

    private static double meanGradient(OpCall call, int output, int[] index) {
        Operand reached = call.in(1);
        SlidingWindow window = window(call, reached.shape());
        return Counter.sum(window.taps(), tap -> {
            int[] position = window.position(window.space(index), tap);
            return position == null
                    ? 0
                    : window.atPosition(reached, index[0], window.channel(index), position)
                            / divisor(call, window, position);
        });
    }
}
