package org.jacreg.attacks.threat;

import org.jacreg.classifier.InputBox;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The box as array operations. */
final class BoxBounds {

    private BoxBounds() {}

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
