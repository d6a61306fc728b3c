package org.jacreg.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/** Says which op is to blame when SameDiff fails to build the gradients of a graph: its own messages often name none. */
public final class GradientFailure {

    private static final String DERIVATIVE = "doDiff";

    private GradientFailure() {}

    /**
     * Explains a failure of {@link SameDiff#createGradFunction(String...)}.
     *
     * @param sd the graph whose gradients were to be built; not modified
     * @param failure what SameDiff threw
     * @return a sentence that names the ops, or SameDiff's message where they cannot be told
     */
    public static String explain(SameDiff sd, RuntimeException failure) {
        List<String> culprits = culprits(sd, failure);
        return culprits.isEmpty()
                ? String.valueOf(failure.getMessage())
                : "ND4J fails to differentiate " + String.join(", ", culprits)
                        + ", so the graph can be evaluated but not"
                        + " trained through there, with a penalty or without (" + failure.getMessage() + ")";
    }

    /** The ops whose derivative is coded where the exception came from. */
    private static List<String> culprits(SameDiff sd, @Nullable Throwable failure) {
        if (failure == null) {
            return List.of();
        }
        Optional<String> place = Arrays.stream(failure.getStackTrace())
                .filter(frame -> frame.getMethodName().equals(DERIVATIVE))
                .map(StackTraceElement::getClassName)
                .findFirst();
        return place.isEmpty()
                ? culprits(sd, failure.getCause())
                : sd.getOps().values().stream()
                        .filter(op -> !GraphDecoration.isOurs(op.getName()))
                        .filter(op -> declaringClass(op.getOp()).equals(place.get()))
                        .map(GradientFailure::describe)
                        .toList();
    }

    private static String declaringClass(DifferentialFunction function) {
        try {
            return function.getClass()
                    .getMethod(DERIVATIVE, List.class)
                    .getDeclaringClass()
                    .getName();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every op of ND4J has " + DERIVATIVE, e);
        }
    }

    private static String describe(SameDiffOp op) {
        return "op '" + op.getOp().opName() + "' computing " + op.getOutputsOfOp();
    }
}
