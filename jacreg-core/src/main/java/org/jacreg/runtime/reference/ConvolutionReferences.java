package org.jacreg.runtime.reference;

import java.util.Arrays;

/**
 * Convolutions of one to three axes, transposed convolutions, and their backward ops: one relation between an image, weights
 * and positions, read in three directions.
 */
final class ConvolutionReferences {

    private ConvolutionReferences() {}

    static void addTo(References.Builder builder) {
        for (String name : new String[] {"conv1d", "conv2d", "conv3dnew"}) {
            builder.add(
                    name,
                    Reference.of((call, o, i) -> {
                                Layer layer = Layer.convolution(call);
                                return layer.toPosition(call.in(0), i)
                                        + bias(call, 2, layer.window().channel(i));
                            })
                            .terms((call, o) -> call.in(1).values().length));
            builder.add(
                    name + "_bp",
                    Reference.of(ConvolutionReferences::convolutionGradient)
                            .terms(ConvolutionReferences::gradientTerms));
        }
        builder.add(
                "deconv2d",
                Reference.of((call, o, i) -> {
                            Layer layer =
                                    Layer.transposed(call, call.outputShapes().get(0));
                            return layer.toImage(call.in(0), i)
                                    + bias(call, 2, layer.window().channel(i));
                        })
                        .terms((call, o) -> call.in(1).values().length));
        builder.add(
                "deconv2d_bp",
                Reference.of(ConvolutionReferences::transposedGradient).terms(ConvolutionReferences::gradientTerms));
    }

    /**
     * @param window where taps lie
     * @param weights one number per tap, channel of the image and channel of the positions
     * @param format 0 for {@code [*kernel, image, position]}, 1 for {@code [position, image, *kernel]}, 2 for {@code
     *     [position, *kernel, image]}
     */
    private record Layer(SlidingWindow window, Operand weights, int format) {

        static Layer convolution(OpCall call) {
            long[] positions = call.opName().endsWith("_bp")
                    ? call.in(call.inputs().size() - 1).shape()
                    : call.outputShapes().get(0);
            return of(call, call.in(0).shape(), positions);
        }

        /** The result of a transposed convolution is the image. */
        static Layer transposed(OpCall call, long[] image) {
            return of(call, image, call.in(0).shape());
        }

        private static Layer of(OpCall call, long[] image, long[] positions) {
            int space = image.length - 2;
            boolean channelsLast = call.integer(4 * space + 1, 0) != 0;
            return new Layer(
                    SlidingWindow.of(call, image, positions, channelsLast), call.in(1), call.integer(4 * space + 2, 0));
        }

        double weight(int[] tap, int imageChannel, int positionChannel) {
            int space = tap.length;
            int[] index = new int[space + 2];
            System.arraycopy(tap, 0, index, format == 0 ? 0 : format == 1 ? 2 : 1, space);
            index[format == 0 ? space : format == 1 ? 1 : space + 1] = imageChannel;
            index[format == 0 ? space + 1 : 0] = positionChannel;
            return weights.at(index);
        }

        private int imageChannels() {
            return weights.size(format == 0 ? -2 : format == 1 ? 1 : -1);
        }

        private int positionChannels() {
            return weights.size(format == 0 ? -1 : 0);
        }

        double toPosition(Operand image, int[] index) {
            int[] position = window.space(index);
            int channel = window.channel(index);
            return Counter.sum(window.taps(), tap -> {
                int[] place = window.place(position, tap);
                double sum = 0;
                for (int c = 0; c < imageChannels() && window.inside(place); c++) {
                    sum += window.at(image, index[0], c, place) * weight(tap, c, channel);
                }
                return sum;
            });
        }

        double toImage(Operand positions, int[] index) {
            int[] place = window.space(index);
            int channel = window.channel(index);
            return Counter.sum(window.taps(), tap -> {
                int[] position = window.position(place, tap);
                double sum = 0;
                for (int c = 0; position != null && c < positionChannels(); c++) {
                    sum += window.atPosition(positions, index[0], c, position) * weight(tap, channel, c);
                }
                return sum;
            });
        }

        /** The gradient of the weight at an index. */
        double toWeights(Operand image, Operand positions, int[] index) {
            int space = index.length - 2;
            int at = format == 0 ? 0 : format == 1 ? 2 : 1;
            int[] tap = Arrays.copyOfRange(index, at, at + space);
            int imageChannel = index[format == 0 ? space : format == 1 ? 1 : space + 1];
            int positionChannel = index[format == 0 ? space + 1 : 0];
            double sum = 0;
            for (int n = 0; n < image.size(0); n++) {
                int sample = n;
                sum += Counter.sum(
                        window.positions(),
                        position -> window.at(image, sample, imageChannel, window.place(position, tap))
                                * window.atPosition(positions, sample, positionChannel, position));
            }
            return sum;
        }
    }

    private static double bias(OpCall call, int input, int channel) {
        return call.inputs().size() > input ? call.in(input).values()[channel] : 0;
    }

    private static Operand reached(OpCall call) {
        return call.in(call.inputs().size() - 1);
    }

    private static double convolutionGradient(OpCall call, int output, int[] index) {
        Layer layer = Layer.convolution(call);
        return switch (output) {
            case 0 -> layer.toImage(reached(call), index);
            case 1 -> layer.toWeights(call.in(0), reached(call), index);
            default -> channelSum(call, layer.window(), index[index.length - 1]);
        };
    }

    private static double transposedGradient(OpCall call, int output, int[] index) {
        Layer layer = Layer.transposed(call, reached(call).shape());
        return switch (output) {
            case 0 -> layer.toPosition(reached(call), index);
            case 1 -> layer.toWeights(reached(call), call.in(0), index);
            default -> channelSum(call, layer.window(), index[index.length - 1]);
        };
    }

    /** The gradient of a bias. */
    private static double channelSum(OpCall call, SlidingWindow window, int channel) {
        Operand reached = reached(call);
        int axis = window.channelsLast() ? reached.rank() - 1 : 1;
        int[] sizes =
                Arrays.stream(reached.shape()).mapToInt(size -> (int) size).toArray();
        sizes[axis] = 1;
        return Counter.sum(sizes, offset -> {
            int[] at = offset.clone();
            at[axis] = channel;
            return reached.at(at);
        });
    }

    private static long gradientTerms(OpCall call, int output) {
        return output == 0 ? call.in(1).values().length : reached(call).values().length;
    }
}
