package org.jacreg.training;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jacreg.graph.ListenerBridge;
import org.jacreg.runtime.CompiledValues;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** SameDiff's listeners during a run: the graph's own and those of the trainer, each once, those active in one operation. */
final class TrainingListeners {

    private final SameDiff sd;
    private final Operation operation;
    private final List<Listener> listeners;
    private final List<Listener> ofUpdates;

    private TrainingListeners(SameDiff sd, Operation operation, List<Listener> listeners) {
        this.sd = sd;
        this.operation = operation;
        this.listeners = listeners;
        this.ofUpdates = listeners.stream().filter(ListenerBridge::wantsUpdates).toList();
    }

    /**
     * The listeners that take part.
     *
     * @throws IllegalArgumentException if one of them cannot: its methods would never be called
     */
    static TrainingListeners of(SameDiff sd, Operation operation, List<Listener> more) {
        List<Listener> active = new ArrayList<>();
        for (List<Listener> source : List.of(List.copyOf(sd.getListeners()), more)) {
            for (Listener listener : source) {
                if (listener.isActive(operation) && active.stream().noneMatch(same(listener))) {
                    check(sd, listener, operation);
                    active.add(listener);
                }
            }
        }
        return new TrainingListeners(sd, operation, active);
    }

    @SuppressWarnings("ReferenceEquality") // Listeners are told apart by identity, whatever their equals().
    private static Predicate<Listener> same(Listener listener) {
        return other -> other == listener;
    }

    private static void check(SameDiff sd, Listener listener, Operation operation) {
        String name = listener.getClass().getName();
        List<String> impossible = ListenerBridge.opMethods(listener);
        if (!impossible.isEmpty()) {
            throw new IllegalArgumentException("listener " + name + " implements " + impossible
                    + ", but a compiled graph does not run op by op: take it off the graph (sd.setListeners), train"
                    + " with sd.fit, or name what it needs in requiredVariables and read it in activationAvailable");
        }
        Set<String> required = required(sd, listener, operation);
        if (ListenerBridge.wantsActivations(listener)
                && required.isEmpty()
                && required(sd, listener, Operation.TRAINING).isEmpty()) {
            throw new IllegalArgumentException("listener " + name
                    + " implements activationAvailable, which is called for the variables of requiredVariables only;"
                    + " it names none for " + operation);
        }
        for (String variable : required) {
            if (!sd.hasVariable(variable)) {
                throw new IllegalArgumentException(
                        "listener " + name + " requires '" + variable + "', which is no variable of the graph");
            }
        }
    }

    private static Set<String> required(SameDiff sd, Listener listener, Operation operation) {
        ListenerVariables variables = listener.requiredVariables(sd);
        return variables == null ? Set.of() : variables.requiredVariables(operation);
    }

    /** Variables that must be computed for the listeners. */
    Set<String> variables() {
        Set<String> names = new LinkedHashSet<>();
        listeners.forEach(listener -> names.addAll(required(sd, listener, operation)));
        return names;
    }

    void forEach(Consumer<Listener> call) {
        listeners.forEach(call);
    }

    /** Hands out the variables that were required. */
    void activations(At at, MultiDataSet batch, CompiledValues values) {
        for (Listener listener : listeners) {
            for (String name : required(sd, listener, operation)) {
                ListenerBridge.activation(listener, sd, at, batch, name, values.output(name));
            }
        }
    }

    void update(At at, String weight, INDArray update) {
        for (Listener listener : ofUpdates) {
            ListenerBridge.update(listener, sd, at, weight, update);
        }
    }

    /** Asks every listener; the name of one that wants to stop, or an empty string. */
    String stopping(Function<Listener, ListenerResponse> call) {
        String stopped = "";
        for (Listener listener : listeners) {
            if (call.apply(listener) == ListenerResponse.STOP) {
                stopped = listener.getClass().getName();
            }
        }
        return stopped;
    }
}
