package org.jacreg.examples.certification;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.InputBox;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Small random networks as SameDiff graphs. A graph is made once for every architecture and gets new weights for every network: to
 * certifiers and attacks it is another network, as they read the weights when they are asked.
 */
final class RandomNets {

    private static final List<String> ACTIVATIONS = List.of(
            "relu", "relu", "relu", "leaky", "tanh", "sigmoid", "elu", "softplus", "relu6", "swish", "hardtanh");

    private static final Map<Architecture, Net> MADE = new ConcurrentHashMap<>();

    private RandomNets() {}

    /** What a graph is, its weights apart. Images are one channel of 4 x 4. */
    record Architecture(
            DataType type,
            int inputs,
            int classes,
            List<Integer> widths,
            String activation,
            boolean image,
            boolean residual,
            boolean boxed) {

        static Architecture random(Random random) {
            boolean image = random.nextInt(5) == 0;
            int depth = image ? random.nextInt(2) : random.nextInt(4);
            // one width for all, so that sums of layers exist; few sizes, so that graphs are met again
            int width = 2 + random.nextInt(6);
            return new Architecture(
                    random.nextInt(3) == 0 ? DataType.DOUBLE : DataType.FLOAT,
                    image ? 16 : 2 + random.nextInt(5),
                    2 + random.nextInt(3),
                    IntStream.range(0, depth).mapToObj(i -> width).toList(),
                    ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size())),
                    image,
                    depth > 1 && random.nextInt(3) == 0,
                    random.nextBoolean());
        }

        boolean layered() {
            return !residual;
        }

        boolean denseRectifiers() {
            return !image && !residual && activation.equals("relu");
        }

        InputBox box() {
            return boxed ? new InputBox(0, 1) : InputBox.unbounded();
        }
    }

    /** A graph and its classifier. */
    record Net(Architecture architecture, SameDiff graph, Classifier model) {

        /** Draws all weights anew. */
        Net redrawn(Random random) {
            for (SDVariable variable : graph.variables()) {
                INDArray array = variable.getArr();
                if (variable.name().startsWith("w") || variable.name().startsWith("b")) {
                    fill(array, random, variable.name().startsWith("w"));
                }
            }
            return this;
        }

        /** Samples in the box, some of their numbers at its ends, as the model's type has them. */
        INDArray samples(Random random, int count) {
            INDArray x = Nd4j.create(architecture.type(), shape(architecture, count));
            INDArray flat = x.reshape(x.length());
            for (long i = 0; i < flat.length(); i++) {
                flat.putScalar(i, random.nextInt(6) == 0 ? random.nextInt(2) : random.nextDouble());
            }
            return x;
        }

        int[] predictions(INDArray x) {
            double[][] z = model.logits(x).castTo(DataType.DOUBLE).toDoubleMatrix();
            int[] result = new int[z.length];
            for (int n = 0; n < z.length; n++) {
                result[n] = Logits.top(z[n]);
            }
            return result;
        }
    }

    static Net of(Architecture architecture) {
        return MADE.computeIfAbsent(architecture, RandomNets::make);
    }

    private static void fill(INDArray array, Random random, boolean weights) {
        INDArray flat = array.reshape(array.length());
        long fanIn = array.rank() == 4 ? 9 : array.size(0);
        double scale = weights ? 1.5 / Math.sqrt(fanIn) : 0.3;
        for (long i = 0; i < flat.length(); i++) {
            flat.putScalar(i, scale * random.nextGaussian());
        }
    }

    private static long[] shape(Architecture a, int count) {
        return a.image() ? new long[] {count, 1, 4, 4} : new long[] {count, a.inputs()};
    }

    private static Net make(Architecture a) {
        SameDiff sd = SameDiff.create();
        SDVariable h = sd.placeHolder("x", a.type(), shape(a, -1));
        int width = a.inputs();
        if (a.image()) {
            h = image(sd, a, h);
            width = a.activation().equals("tanh") ? 8 : 2;
        }
        int layer = 0;
        for (int next : a.widths()) {
            SDVariable before = h;
            h = activated(sd, dense(sd, a.type(), h, layer, width, next), a.activation());
            h = a.residual() && layer > 0 ? h.add(before) : h;
            width = next;
            layer++;
        }
        SDVariable z = dense(sd, a.type(), h, layer, width, a.classes()).rename("z");
        return new Net(
                a,
                sd,
                Classifier.of(sd)
                        .logits(z.name())
                        .bounds(a.box().lower(), a.box().upper())
                        .build());
    }

    /** Convolution 3 x 3 to two channels and pooling: by the mean after tanh with padding, by the maximum otherwise. */
    private static SDVariable image(SameDiff sd, Architecture a, SDVariable x) {
        boolean mean = a.activation().equals("tanh");
        SDVariable kernel = sd.var("wk", Nd4j.zeros(a.type(), 3, 3, 1, 2));
        SDVariable bias = sd.var("bk", Nd4j.zeros(a.type(), 2));
        Conv2DConfig window = Conv2DConfig.builder()
                .kH(3)
                .kW(3)
                .sH(1)
                .sW(1)
                .pH(mean ? 1 : 0)
                .pW(mean ? 1 : 0)
                .build();
        SDVariable h = activated(sd, sd.cnn().conv2d(x, kernel, bias, window), a.activation());
        Pooling2DConfig pool = Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build();
        h = mean ? sd.cnn().avgPooling2d(h, pool) : sd.cnn().maxPooling2d(h, pool);
        return sd.reshape(h, -1, mean ? 8 : 2);
    }

    private static SDVariable dense(SameDiff sd, DataType type, SDVariable h, int layer, int in, int out) {
        return h.mmul(sd.var("w" + layer, Nd4j.zeros(type, in, out))).add(sd.var("b" + layer, Nd4j.zeros(type, out)));
    }

    private static SDVariable activated(SameDiff sd, SDVariable h, String name) {
        return switch (name) {
            case "relu" -> sd.nn().relu(h, 0);
            case "leaky" -> sd.nn().leakyRelu(h, 0.1);
            case "tanh" -> sd.math().tanh(h);
            case "sigmoid" -> sd.nn().sigmoid(h);
            case "elu" -> sd.nn().elu(h);
            case "softplus" -> sd.nn().softplus(h);
            case "relu6" -> sd.nn().relu6(h, 0);
            case "swish" -> sd.nn().swish(h);
            case "hardtanh" -> sd.nn().hardTanh(h);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
