package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The box as array operations. */
final class BoxBounds {

    private BoxBounds() {}

    /**
     * The box as arrays of a type see it: bounds rounded to the type. Without this, an entry that was set to an upper bound of
     * 0.1 would lie outside the box in FLOAT, where 0.1 is 0.100000001.
     */
    static InputBox inType(InputBox box, DataType type) {
        return type == DataType.DOUBLE ? box : new InputBox((float) box.lower(), (float) box.upper());
    }

    /** Clips every entry of {@code points} to the box, in place. */
    static void clip(INDArray points, InputBox box) {
        if (Double.isFinite(box.lower())) {
            Transforms.max(points, box.lower(), false);
        }
        if (Double.isFinite(box.upper())) {
            Transforms.min(points, box.upper(), false);
        }
    }

    /** Row-major values as an array of the centers' shape and type. */
    static INDArray toArray(double[] values, Centers centers) {
        return Nd4j.createFromArray(values)
                .reshape('c', centers.samples(), centers.entries())
                .castTo(centers.array().dataType());
    }
}
