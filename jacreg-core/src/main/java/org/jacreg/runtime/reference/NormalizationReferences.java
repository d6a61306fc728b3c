package org.jacreg.runtime.reference;

/** Batch normalization with given moments. */
final class NormalizationReferences {

    private NormalizationReferences() {}

    static void addTo(References.Builder builder) {
        builder.add(
                "batchnorm", Reference.of(NormalizationReferences::batchNorm).positive());
    }

    /** Operands: x, mean, variance, and then scale and offset where the first two integers say so; axes follow. */
    private static double batchNorm(OpCall call, int output, int[] index) {
        if (call.integers().size() > 3) {
            throw new UnsupportedOperationException("batch normalization along several axes");
        }
        int axis = Math.floorMod(call.integer(2, index.length - 1), index.length);
        int channel = index[axis];
        int next = 3;
        double scale = call.integer(0) != 0 ? call.in(next++).values()[channel] : 1;
        double offset = call.integer(1) != 0 ? call.in(next).values()[channel] : 0;
        double deviation = Math.sqrt(call.in(2).values()[channel] + call.number(0, 0));
        return (call.in(0).at(index) - call.in(1).values()[channel]) / deviation * scale + offset;
    }
}
