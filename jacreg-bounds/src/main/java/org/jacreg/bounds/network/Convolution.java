package org.jacreg.bounds.network;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jacreg.bounds.rounding.ComputedSums;
import org.jacreg.report.Fingerprint;

/**
 * A two-dimensional convolution with zeros for padding: {@code y[o, p, q] = b + sum_{c, s, t} K[o, c, s, t] x[c, p(s),
 * q(t)]}, {@code p(s)} and {@code q(t)} the entries of {@link SlidingAxis}.
 */
public final class Convolution implements LinearLayer {

    private final String name;
    private final SlidingAxis rows;
    private final SlidingAxis columns;
    private final ImageLayout image;
    private final ImageLayout features;
    private final double[] kernel;
    private final double[] bias;
    private final long biasCount;

    /**
     * Makes a convolution with one free bias for every output channel.
     *
     * @param name the layer's name
     * @param rows how the window slides along the height
     * @param columns how the window slides along the width
     * @param inputChannels channels of the image
     * @param channelsLast whether image and result are {@code [H, W, C]} instead of {@code [C, H, W]}
     * @param kernel {@code K} of shape [outputChannels, inputChannels, row taps, column taps], row-major; copied
     * @param bias one number for every output channel; copied
     * @throws IllegalArgumentException if the kernel has another length, or a number is not finite
     */
    public Convolution(
            String name,
            SlidingAxis rows,
            SlidingAxis columns,
            int inputChannels,
            boolean channelsLast,
            double[] kernel,
            double[] bias) {
        this(name, rows, columns, inputChannels, channelsLast, kernel, bias, bias.length, bias.length);
    }

    /** With a bias of either one number for every channel or one for every output. */
    Convolution(
            String name,
            SlidingAxis rows,
            SlidingAxis columns,
            int inputChannels,
            boolean channelsLast,
            double[] kernel,
            double[] bias,
            int outputChannels,
            long biasCount) {
        this.name = name;
        this.rows = rows;
        this.columns = columns;
        this.image = new ImageLayout(inputChannels, rows.size(), columns.size(), channelsLast);
        this.features = new ImageLayout(outputChannels, rows.positions(), columns.positions(), channelsLast);
        long wanted = (long) outputChannels * inputChannels * rows.taps() * columns.taps();
        if (inputChannels < 1 || outputChannels < 1 || kernel.length != wanted) {
            throw new IllegalArgumentException("layer '" + name + "': got a kernel of " + kernel.length
                    + " numbers, wanted " + outputChannels + " x " + inputChannels + " x " + rows.taps() + " x "
                    + columns.taps() + " (output channels, input channels, rows, columns), each at least 1");
        }
        Finite.require(name, "kernel", kernel);
        Finite.require(name, "bias", bias);
        this.kernel = kernel.clone();
        this.bias = bias.length == features.length() ? bias.clone() : spread(bias, features);
        this.biasCount = biasCount;
    }

    private static double[] spread(double[] perChannel, ImageLayout layout) {
        double[] all = new double[layout.length()];
        for (int c = 0; c < layout.channels(); c++) {
            for (int y = 0; y < layout.height(); y++) {
                for (int x = 0; x < layout.width(); x++) {
                    all[layout.index(c, y, x)] = perChannel[c];
                }
            }
        }
        return all;
    }

    private Convolution with(double[] newKernel, double[] newBias, long newBiasCount) {
        return new Convolution(
                name,
                rows,
                columns,
                image.channels(),
                image.channelsLast(),
                newKernel,
                newBias,
                features.channels(),
                newBiasCount);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int inputs() {
        return image.length();
    }

    @Override
    public int outputs() {
        return features.length();
    }

    /**
     * How the window slides along the height.
     *
     * @return the axis
     */
    public SlidingAxis rows() {
        return rows;
    }

    /**
     * How the window slides along the width.
     *
     * @return the axis
     */
    public SlidingAxis columns() {
        return columns;
    }

    ImageLayout image() {
        return image;
    }

    ImageLayout features() {
        return features;
    }

    double weight(int output, int input, int row, int column) {
        return kernel[((output * image.channels() + input) * rows.taps() + row) * columns.taps() + column];
    }

    /** What is done with a tap: {@code length} pairs of an output and an input, each with its own step. */
    private interface Run {
        void at(double weight, int output, int outputStep, int input, int inputStep, int length);
    }

    private void forEachRun(Run run) {
        for (int o = 0; o < features.channels(); o++) {
            for (int c = 0; c < image.channels(); c++) {
                for (int s = 0; s < rows.taps(); s++) {
                    for (int t = 0; t < columns.taps(); t++) {
                        runsOfTap(run, o, c, s, t);
                    }
                }
            }
        }
    }

    private void runsOfTap(Run run, int o, int c, int s, int t) {
        double weight = weight(o, c, s, t);
        int first = columns.firstPosition(t);
        int length = columns.endPosition(t) - first;
        if (weight == 0 || length <= 0) {
            return;
        }
        for (int p = rows.firstPosition(s); p < rows.endPosition(s); p++) {
            run.at(
                    weight,
                    features.index(o, p, first),
                    features.columnStep(),
                    image.index(c, rows.entry(p, s), columns.entry(first, t)),
                    image.columnStep() * columns.stride(),
                    length);
        }
    }

    /** One entry of the matrix that is not zero. */
    interface Entry {
        void at(int output, int input, double weight);
    }

    void forEachWeight(Entry entry) {
        forEachRun((weight, output, outputStep, input, inputStep, length) -> {
            for (int k = 0; k < length; k++) {
                entry.at(output + k * outputStep, input + k * inputStep, weight);
            }
        });
    }

    @Override
    public double[] multiply(double[] x) {
        double[] y = new double[outputs()];
        forEachRun((weight, output, outputStep, input, inputStep, length) -> {
            for (int k = 0; k < length; k++) {
                y[output + k * outputStep] += weight * x[input + k * inputStep];
            }
        });
        return y;
    }

    @Override
    public double[] multiplyTransposed(double[] y) {
        double[] x = new double[inputs()];
        forEachRun((weight, output, outputStep, input, inputStep, length) -> {
            for (int k = 0; k < length; k++) {
                x[input + k * inputStep] += weight * y[output + k * outputStep];
            }
        });
        return x;
    }

    @Override
    public double[] bias() {
        return bias.clone();
    }

    @Override
    public LinearLayer absolute() {
        return with(Arrays.stream(kernel).map(Math::abs).toArray(), new double[outputs()], 0);
    }

    @Override
    public LinearLayer minus(LinearLayer other) {
        if (!(other instanceof Convolution that)
                || !that.rows.equals(rows)
                || !that.columns.equals(columns)
                || !that.image.equals(image)
                || !that.features.equals(features)) {
            throw Mismatch.of(this, other);
        }
        double[] k = kernel.clone();
        for (int i = 0; i < k.length; i++) {
            k[i] -= that.kernel[i];
        }
        double[] b = bias.clone();
        for (int i = 0; i < b.length; i++) {
            b[i] -= that.bias[i];
        }
        return with(k, b, biasCount);
    }

    @Override
    public LinearLayer squared() {
        return with(Elements.square(kernel.clone()), Elements.square(bias.clone()), biasCount);
    }

    @Override
    public LinearLayer changed(DoubleUnaryOperator change) {
        double[] k = Elements.change(kernel.clone(), change);
        double[] b = bias.clone();
        if (biasCount > 0) {
            double[] moves = new double[features.channels()];
            for (int c = 0; c < moves.length; c++) {
                double first = bias[features.index(c, 0, 0)];
                moves[c] = change.applyAsDouble(first) - first;
            }
            double[] all = spread(moves, features);
            for (int i = 0; i < b.length; i++) {
                b[i] += all[i];
            }
        }
        return with(k, b, biasCount);
    }

    /** {@code s . (W x + b) + t}, with one number of {@code s} for every output channel. */
    Convolution scaledOutputs(double[] channelScale, double[] t) {
        double[] k = kernel.clone();
        int perChannel = k.length / features.channels();
        for (int i = 0; i < k.length; i++) {
            k[i] *= channelScale[i / perChannel];
        }
        double[] b = spread(channelScale, features);
        for (int i = 0; i < b.length; i++) {
            b[i] = b[i] * bias[i] + t[i];
        }
        return with(k, b, features.channels());
    }

    /** {@code W (s . x + t) + b}, with one number of {@code s} for every input channel. */
    Convolution scaledInputs(double[] channelScale, double[] t) {
        double[] b = multiply(t);
        for (int i = 0; i < b.length; i++) {
            b[i] += bias[i];
        }
        double[] k = kernel.clone();
        int taps = rows.taps() * columns.taps();
        for (int i = 0; i < k.length; i++) {
            k[i] *= channelScale[i / taps % image.channels()];
        }
        return with(k, b, biasCount);
    }

    @Override
    public long weightCount() {
        return kernel.length;
    }

    @Override
    public long biasCount() {
        return biasCount;
    }

    @Override
    public double[] rowL2() {
        double largest = 0;
        for (double weight : kernel) {
            largest = Math.max(largest, Math.abs(weight));
        }
        int exponent = largest == 0 ? 0 : Math.getExponent(largest);
        double[] sums = new double[outputs()];
        forEachRun((weight, output, outputStep, input, inputStep, length) -> {
            double scaled = Math.scalb(weight, -exponent);
            for (int k = 0; k < length; k++) {
                sums[output + k * outputStep] += scaled * scaled;
            }
        });
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.scalb(ComputedSums.above(Math.sqrt(sums[i]), termsOfRow()), exponent);
        }
        return sums;
    }

    @Override
    public double[] rowL1() {
        double[] sums = new double[outputs()];
        forEachRun((weight, output, outputStep, input, inputStep, length) -> {
            for (int k = 0; k < length; k++) {
                sums[output + k * outputStep] += Math.abs(weight);
            }
        });
        for (int i = 0; i < sums.length; i++) {
            sums[i] = ComputedSums.above(sums[i], termsOfRow());
        }
        return sums;
    }

    private long termsOfRow() {
        return (long) image.channels() * rows.taps() * columns.taps();
    }

    @Override
    public double[] columnL1() {
        double[] sums = new double[inputs()];
        forEachRun((weight, output, outputStep, input, inputStep, length) -> {
            for (int k = 0; k < length; k++) {
                sums[input + k * inputStep] += Math.abs(weight);
            }
        });
        for (int j = 0; j < sums.length; j++) {
            sums[j] = ComputedSums.above(sums[j], (long) features.channels() * rows.taps() * columns.taps());
        }
        return sums;
    }

    @Override
    public double operatorNorm() {
        return ConvolutionNorm.bound(this);
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.add("convolution").add(rows.toString()).add(columns.toString());
        fingerprint.add(image.toString()).add(features.toString()).add(kernel).add(bias);
    }
}
