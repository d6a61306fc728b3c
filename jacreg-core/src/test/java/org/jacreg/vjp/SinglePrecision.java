package org.jacreg.vjp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Graphs of float64 in float32. */
final class SinglePrecision {

    private SinglePrecision() {}

    /** The same graph object in float32; null where SameDiff cannot convert it or an op keeps float64. */
    static @Nullable SameDiff of(SameDiff sd, Map<String, INDArray> placeholders) {
        Map<String, DataType> types = new HashMap<>();
        for (SDVariable variable : sd.variables()) {
            if (variable.getVariableType() != VariableType.ARRAY && variable.dataType() == DataType.DOUBLE) {
                types.put(variable.name(), DataType.FLOAT);
            }
        }
        try {
            sd.convertDataTypes(types);
            Map<String, INDArray> single = new HashMap<>();
            placeholders.forEach((name, array) -> single.put(name, array.castTo(DataType.FLOAT)));
            return sd.outputSingle(single, "logits").dataType() == DataType.FLOAT ? sd : null;
        } catch (RuntimeException e) {
            return null;
        }
    }
}
