package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jacreg.gradient.Gradients;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.SConv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling3DConfig;

/**
 * Convolutions of any size, kernel, stride, padding, dilation, padding mode and layout: the gradient of {@code <v, y>} by
 * image, weights and bias is what differences of the forward op say.
 */
class ConvolutionProperties {

    private static final int TRIES = 40;

    private static final int CHANNELS = 2;
    private static final int FILTERS = 3;

    /** One spatial axis. */
    record Line(int size, int kernel, int stride, int padding, int dilation) {

        boolean fits(PaddingMode mode) {
            int reach = (kernel - 1) * dilation + 1;
            return mode == PaddingMode.VALID
                    ? reach <= size + 2 * padding
                    : mode == PaddingMode.CAUSAL || stride <= reach;
        }

        int padding(PaddingMode mode) {
            return mode == PaddingMode.VALID ? padding : 0;
        }

        /** A transposed convolution's output. */
        boolean growsTo(int least) {
            return (size - 1) * stride + (kernel - 1) * dilation + 1 - 2 * padding >= least;
        }
    }

    @Provide
    Arbitrary<Line> lines() {
        return Combinators.combine(
                        Arbitraries.integers().between(2, 6),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(1, 2))
                .as(Line::new);
    }

    @Property(tries = TRIES, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void line(@ForAll("lines") Line w, @ForAll PaddingMode mode, @ForAll boolean channelsLast) {
        Assume.that(w.fits(mode));
        Graph g = new Graph(channelsLast, w.size());
        Conv1DConfig config = Conv1DConfig.builder()
                .k(w.kernel())
                .s(w.stride())
                .p(w.padding(mode))
                .d(w.dilation())
                .paddingMode(mode)
                .dataFormat(channelsLast ? Conv1DConfig.NWC : Conv1DConfig.NCW)
                .build();
        g.check(g.sd.cnn().conv1d(g.x, g.weight("k", w.kernel(), CHANNELS, FILTERS), g.weight("b", FILTERS), config));
    }

    @Property(tries = TRIES, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void plane(
            @ForAll("lines") Line h,
            @ForAll("lines") Line w,
            @ForAll PaddingMode mode,
            @ForAll boolean channelsLast,
            @ForAll Form form) {
        Assume.that(h.fits(mode) && w.fits(mode));
        // ND4J's depthwise ops know no causal padding.
        Assume.that(form == Form.DENSE || mode != PaddingMode.CAUSAL);
        Graph g = new Graph(channelsLast, h.size(), w.size());
        Conv2DConfig config = Conv2DConfig.builder()
                .kH(h.kernel())
                .kW(w.kernel())
                .sH(h.stride())
                .sW(w.stride())
                .pH(h.padding(mode))
                .pW(w.padding(mode))
                .dH(h.dilation())
                .dW(w.dilation())
                .paddingMode(mode)
                .dataFormat(channelsLast ? "NHWC" : "NCHW")
                .build();
        int outputs = form == Form.DENSE ? FILTERS : 2;
        SDVariable kernel = g.weight("k", h.kernel(), w.kernel(), CHANNELS, outputs);
        g.check(
                switch (form) {
                    case DENSE -> g.sd.cnn().conv2d(g.x, kernel, g.weight("b", outputs), config);
                    case DEPTHWISE -> g.sd.cnn().depthWiseConv2d(g.x, kernel, g.weight("b", 2 * CHANNELS), config);
                    case SEPARABLE -> separable(g, kernel, config);
                });
    }

    enum Form {
        DENSE,
        DEPTHWISE,
        SEPARABLE
    }

    private static SDVariable separable(Graph g, SDVariable kernel, Conv2DConfig config) {
        SDVariable points = g.weight("p", 1, 1, 2 * CHANNELS, FILTERS);
        return new SConv2D(g.sd, new SDVariable[] {g.x, kernel, points, g.weight("b", FILTERS)}, config)
                .outputVariable();
    }

    @Property(tries = TRIES, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void space(
            @ForAll("lines") Line d,
            @ForAll("lines") Line h,
            @ForAll("lines") Line w,
            @ForAll boolean same,
            @ForAll boolean channelsLast) {
        PaddingMode mode = same ? PaddingMode.SAME : PaddingMode.VALID;
        Assume.that(d.fits(mode) && h.fits(mode) && w.fits(mode));
        Graph g = new Graph(channelsLast, d.size(), h.size(), w.size());
        Conv3DConfig config = Conv3DConfig.builder()
                .kD(d.kernel())
                .kH(h.kernel())
                .kW(w.kernel())
                .sD(d.stride())
                .sH(h.stride())
                .sW(w.stride())
                .pD(d.padding(mode))
                .pH(h.padding(mode))
                .pW(w.padding(mode))
                .dD(d.dilation())
                .dH(h.dilation())
                .dW(w.dilation())
                .paddingMode(mode)
                .dataFormat(channelsLast ? Conv3DConfig.NDHWC : Conv3DConfig.NCDHW)
                .build();
        SDVariable kernel = g.weight("k", d.kernel(), h.kernel(), w.kernel(), CHANNELS, FILTERS);
        g.check(g.sd.cnn().conv3d(g.x, kernel, g.weight("b", FILTERS), config));
    }

    @Property(tries = TRIES, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void transposedPlane(
            @ForAll("lines") Line h, @ForAll("lines") Line w, @ForAll boolean same, @ForAll boolean channelsLast) {
        Assume.that(same || (h.growsTo(1) && w.growsTo(1)));
        Graph g = new Graph(channelsLast, h.size(), w.size());
        DeConv2DConfig config = DeConv2DConfig.builder()
                .kH(h.kernel())
                .kW(w.kernel())
                .sH(h.stride())
                .sW(w.stride())
                .pH(same ? 0 : h.padding())
                .pW(same ? 0 : w.padding())
                .dH(h.dilation())
                .dW(w.dilation())
                .isSameMode(same)
                .dataFormat(channelsLast ? "NHWC" : "NCHW")
                .build();
        SDVariable kernel = g.weight("k", h.kernel(), w.kernel(), FILTERS, CHANNELS);
        g.check(g.sd.cnn().deconv2d(g.x, kernel, g.weight("b", FILTERS), config));
    }

    @Property(tries = TRIES, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void transposedSpace(
            @ForAll("lines") Line d, @ForAll("lines") Line w, @ForAll boolean same, @ForAll boolean channelsLast) {
        Assume.that(same || (d.growsTo(1) && w.growsTo(1)));
        Graph g = new Graph(channelsLast, d.size(), 2, w.size());
        DeConv3DConfig config = DeConv3DConfig.builder()
                .kD(d.kernel())
                .kH(2)
                .kW(w.kernel())
                .sD(d.stride())
                .sW(w.stride())
                .pD(same ? 0 : d.padding())
                .pW(same ? 0 : w.padding())
                .dD(d.dilation())
                .dW(w.dilation())
                .isSameMode(same)
                .dataFormat(channelsLast ? DeConv3DConfig.NDHWC : DeConv3DConfig.NCDHW)
                .build();
        SDVariable kernel = g.weight("k", d.kernel(), 2, w.kernel(), FILTERS, CHANNELS);
        g.check(g.sd.cnn().deconv3d(g.x, kernel, g.weight("b", FILTERS), config));
    }

    @Property(tries = TRIES, seed = "20220603", shrinking = ShrinkingMode.OFF)
    void poolingInSpace(
            @ForAll("lines") Line d,
            @ForAll("lines") Line h,
            @ForAll boolean same,
            @ForAll boolean channelsLast,
            @ForAll boolean maximum) {
        PaddingMode mode = same ? PaddingMode.SAME : PaddingMode.VALID;
        Assume.that(d.fits(mode) && h.fits(mode));
        // A window on padding alone has no average, and no maximum.
        Assume.that(same || (d.padding() < d.kernel() && h.padding() < h.kernel()));
        Graph g = new Graph(channelsLast, d.size(), h.size(), 3);
        Pooling3DConfig config = Pooling3DConfig.builder()
                .kD(d.kernel())
                .kW(h.kernel()) // ND4J's class hands height and width over in the wrong order
                .kH(2)
                .sD(d.stride())
                .sW(h.stride())
                .pD(d.padding(mode))
                .pW(h.padding(mode))
                .dD(d.dilation())
                .dW(h.dilation())
                .isSameMode(same)
                .isNCDHW(!channelsLast)
                .build();
        g.check(maximum ? g.sd.cnn().maxPooling3d(g.x, config) : g.sd.cnn().avgPooling3d(g.x, config));
    }

    /** A graph of one op on two samples. */
    private static final class Graph {

        /** The ops are linear in every input, or piecewise so: small enough that no maximum changes place. */
        private static final double STEP = 1e-6;

        private final SameDiff sd = SameDiff.create();
        private final Map<String, INDArray> values = new HashMap<>();
        private final SDVariable x;

        Graph(boolean channelsLast, long... space) {
            long[] shape = new long[space.length + 2];
            shape[0] = 2;
            shape[channelsLast ? space.length + 1 : 1] = CHANNELS;
            System.arraycopy(space, 0, shape, channelsLast ? 1 : 2, space.length);
            x = weight("x", shape);
        }

        SDVariable weight(String name, long... shape) {
            values.put(name, OpSpec.random(new Random(name.hashCode()), -1, 1, shape));
            return sd.placeHolder(name, DataType.DOUBLE, shape);
        }

        void check(SDVariable y) {
            INDArray at = sd.outputSingle(values, y.name());
            SDVariable v = sd.constant("v", OpSpec.random(new Random(3), -1, 1, at.shape()));
            SDVariable product = sd.sum("product", y.mul(v));
            List<String> names = List.copyOf(values.keySet());
            List<SDVariable> gradients = Gradients.gradientsOf(
                    product, names.stream().map(sd::getVariable).toList(), VjpRules.standard());
            for (int i = 0; i < names.size(); i++) {
                INDArray value = values.get(names.get(i));
                INDArray u = OpSpec.random(new Random(4), -1, 1, value.shape());
                double forward = (at(names.get(i), value.add(u.mul(STEP))) - at(names.get(i), value.sub(u.mul(STEP))))
                        / (2 * STEP);
                INDArray gradient =
                        sd.outputSingle(values, gradients.get(i).name()).dup();
                assertThat(gradient.shape()).isEqualTo(value.shape());
                double reverse = gradient.mul(u).sumNumber().doubleValue();
                // Rounding of values of order 100 over 2e-6 is about 1e-8.
                assertThat(reverse)
                        .as(names.get(i))
                        .isCloseTo(forward, org.assertj.core.data.Offset.offset(1e-6 * (1 + Math.abs(forward))));
            }
        }

        private double at(String name, INDArray value) {
            Map<String, INDArray> moved = new HashMap<>(values);
            moved.put(name, value);
            return sd.outputSingle(moved, "product").getDouble(0);
        }
    }
}
