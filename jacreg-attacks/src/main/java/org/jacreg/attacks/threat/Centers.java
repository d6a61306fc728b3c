package org.jacreg.attacks.threat;

import java.util.Arrays;
import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checked samples, on the device and on the host. */
final class Centers {

    private final INDArray array;
    private final double[] host;

    private Centers(INDArray array, double[] host) {
        this.array = array;
        this.host = host;
    }

    static Centers of(INDArray samples, InputBox box) {
        if (samples.isEmpty() || samples.rank() < 2) {
            throw new IllegalArgumentException("centers: expected a batch [N, *] with at least one sample, got shape "
                    + Arrays.toString(samples.shape()));
        }
        if (!samples.dataType().isFPType()) {
            throw new IllegalArgumentException("centers: expected a floating-point type, got " + samples.dataType()
                    + "; use castTo(DataType.FLOAT)");
        }
        INDArray copy = samples.dup('c').reshape('c', samples.size(0), -1);
        double[] host = copy.data().asDouble();
        int entries = (int) copy.size(1);
        for (int k = 0; k < host.length; k++) {
            if (!(box.contains(host[k]) && Double.isFinite(host[k]))) {
                throw new IllegalArgumentException("input: sample " + k / entries + " has " + host[k] + " at entry "
                        + k % entries + ", expected a finite value in [" + box.lower() + ", " + box.upper()
                        + "]; scale the input, or give the classifier the box it is meant for");
            }
        }
        return new Centers(copy, host);
    }

    /** {@code [N, D]}, a copy of our own in 'c' order. */
    INDArray array() {
        return array;
    }

    /** The same values, row-major; not to be modified. */
    double[] host() {
        return host;
    }

    int samples() {
        return (int) array.size(0);
    }

    int entries() {
        return (int) array.size(1);
    }

    /** The values of {@code points}, row-major, whatever its order and offset; not modified. */
    static double[] hostValues(INDArray points) {
        boolean plain = points.ordering() == 'c' && !points.isView();
        return (plain ? points : points.dup('c')).data().asDouble();
    }

    /** Fails unless {@code points} can be points of a set around these centers. */
    void requireSameShape(INDArray points) {
        if (!points.equalShapes(array) || points.dataType() != array.dataType()) {
            throw new IllegalArgumentException("points: expected " + Arrays.toString(array.shape()) + " of "
                    + array.dataType() + ", got " + Arrays.toString(points.shape()) + " of " + points.dataType());
        }
    }
}
