package org.jacreg.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.custom.Invoke;
import org.nd4j.linalg.api.ops.custom.RandomCrop;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.BaseCompatOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.While;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
import org.nd4j.linalg.api.ops.random.custom.RandomNormal;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What stands against evaluating an op a second time in the same graph. */
final class CopyObstacle {

    /** How far, in units of the type's rounding error, two runs of the same kernel on the same numbers may differ. */
    private static final double ROUNDINGS = 100;

    private static final String RANDOM_CUSTOM_OPS = RandomNormal.class.getPackageName();

    private CopyObstacle() {}

    static Optional<String> of(SameDiff sd, GraphOp op, Set<String> copied) {
        DifferentialFunction function = op.function();
        if (function instanceof BaseCompatOp
                || function instanceof While
                || function instanceof BaseTensorOp
                || function instanceof Invoke
                || function instanceof ExternalErrorsFunction) {
            return Optional.of("control flow, loops and tensor arrays have state; unroll the loop");
        }
        if (isRandom(function)) {
            return Optional.of(
                    "each copy would draw its own random numbers; take a mask that is drawn apart from the input,"
                            + " or the graph without dropout");
        }
        SameDiffOp node = Objects.requireNonNull(sd.getOps().get(op.name()));
        if (notEmpty(node.getControlDeps()) || notEmpty(node.getVarControlDeps())) {
            return Optional.of("it has control dependencies, which a copy would not have");
        }
        return referenced(function)
                .filter(copied::contains)
                .findFirst()
                .map(name -> "it keeps a reference of its own to '" + name
                        + "', by which ND4J differentiates it and which a copy" + " would not change");
    }

    private static boolean isRandom(DifferentialFunction function) {
        return function.opType() == Op.Type.RANDOM
                || function instanceof RandomCrop
                || function.getClass().getPackageName().equals(RANDOM_CUSTOM_OPS);
    }

    private static boolean notEmpty(@Nullable List<String> list) {
        return list != null && !list.isEmpty();
    }

    /** Variables among an op's settings; they are copied by name. */
    private static Stream<String> referenced(DifferentialFunction function) {
        return function.propertiesForFunction().values().stream()
                .flatMap(value -> value instanceof SDVariable[] several ? Arrays.stream(several) : Stream.of(value))
                .filter(SDVariable.class::isInstance)
                .map(value -> ((SDVariable) value).name());
    }

    /** Whether two arrays are equal up to rounding; NaN is equal to NaN. */
    static boolean same(INDArray a, INDArray b) {
        if (!Arrays.equals(a.shape(), b.shape()) || a.dataType() != b.dataType()) {
            return false;
        }
        if (!a.dataType().isFPType() || a.isEmpty()) {
            return a.equals(b);
        }
        INDArray first = a.castTo(DataType.DOUBLE);
        INDArray second = b.castTo(DataType.DOUBLE);
        double scale = Transforms.abs(first).maxNumber().doubleValue();
        double tolerance = ROUNDINGS * roundingError(a.dataType()) * scale;
        for (long i = 0; i < first.length(); i++) {
            double x = first.getDouble(i);
            double y = second.getDouble(i);
            if (Double.compare(x, y) != 0 && !(Math.abs(x - y) <= tolerance)) {
                return false;
            }
        }
        return true;
    }

    private static double roundingError(DataType type) {
        return switch (type) {
            case DOUBLE -> Math.ulp(1.0);
            case FLOAT -> Math.ulp(1.0f);
            case BFLOAT16 -> 0x1p-7;
            default -> 0x1p-10;
        };
    }
}
