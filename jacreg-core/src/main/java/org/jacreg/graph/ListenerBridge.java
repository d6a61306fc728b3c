package org.jacreg.graph;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseEvaluationListener;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Calls those methods of SameDiff's listeners that are handed internals of SameDiff, for training loops other than its own.
 *
 * <p>A {@link ScalarListener} is served whatever the loop: it is told of values as they are computed, not of ops.
 */
public final class ListenerBridge {

    /** What only a session that runs op by op can call. */
    private static final Set<String> OF_OPS = Set.of("preOpExecution", "opExecution");

    private static final Set<Class<?>> SERVED =
            Set.of(Listener.class, BaseListener.class, BaseEvaluationListener.class, ScalarListener.class);

    private ListenerBridge() {}

    /**
     * The methods of a listener that nobody can call where ops are not run one by one.
     *
     * @param listener not modified
     * @return {@code preOpExecution} or {@code opExecution} where the listener's own class implements them
     */
    public static List<String> opMethods(Listener listener) {
        return OF_OPS.stream()
                .filter(name -> implementsItself(listener, name))
                .sorted()
                .toList();
    }

    /**
     * Whether a listener wants to see activations.
     *
     * @param listener not modified
     * @return true if its own class implements {@code activationAvailable}
     */
    public static boolean wantsActivations(Listener listener) {
        return implementsItself(listener, "activationAvailable");
    }

    /**
     * Whether a listener wants to see updates of weights.
     *
     * @param listener not modified
     * @return true if its own class implements {@code preUpdate}
     */
    public static boolean wantsUpdates(Listener listener) {
        return implementsItself(listener, "preUpdate");
    }

    private static boolean implementsItself(Listener listener, String name) {
        return Arrays.stream(listener.getClass().getMethods())
                .filter(method -> method.getName().equals(name) && !method.isBridge())
                .map(Method::getDeclaringClass)
                .anyMatch(owner -> !SERVED.contains(owner));
    }

    /**
     * Hands a listener one of the variables it requires.
     *
     * @param listener told through {@code activationAvailable}, or as a {@link ScalarListener}
     * @param sd the graph
     * @param at where training stands
     * @param batch the data set
     * @param name a variable of the graph
     * @param value what was computed for it; not modified
     */
    public static void activation(
            Listener listener, SameDiff sd, At at, MultiDataSet batch, String name, INDArray value) {
        if (listener instanceof ScalarListener scalars) {
            scalars.computed(name, value.getDouble(0));
            return;
        }
        String producer = variable(sd, name).getOutputOfOp();
        SameDiffOp op = producer == null ? null : sd.getOps().get(producer);
        listener.activationAvailable(sd, at, batch, op, name, value);
    }

    /**
     * Shows a listener what is about to be subtracted from a weight.
     *
     * @param listener may write to the update
     * @param sd the graph
     * @param at where training stands
     * @param name the weight
     * @param update of the weight's shape
     */
    public static void update(Listener listener, SameDiff sd, At at, String name, INDArray update) {
        listener.preUpdate(sd, at, variable(sd, name), update);
    }

    private static Variable variable(SameDiff sd, String name) {
        return Objects.requireNonNull(sd.getVariables().get(name), name);
    }
}
