package org.jacreg.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jacreg.graph.QuietGradients;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff graph with its required outputs and gradients, compiled into a static schedule.
 *
 * <pre>{@code
 * try (CompiledGraph step = CompiledGraph.of(sd).outputs("loss").gradients("w0", "b0").build()) {
 *     CompiledValues values = step.run(Map.of("x", x, "y", y));
 *     INDArray dw = values.gradient("w0");           // overwritten by the next run
 * }
 * }</pre>
 *
 * <p>The first run for a set of shapes records the graph op by op, plans its memory and rewrites what can be run faster; later
 * runs allocate nothing. Plans of the last {@value #PLANS} sets of shapes are kept. Weights are read where the graph keeps them,
 * at every run, so training is seen; ops that are added to the graph later are not.
 *
 * <p>One thread at a time may run an instance; a second one is refused. Several instances over one graph may run at once, as
 * long as nobody writes its weights meanwhile.
 */
public final class CompiledGraph implements AutoCloseable {

    private static final int PLANS = 8;

    private final SameDiff sd;
    private final GraphImport graph;
    private final Machine machine;
    private final @Nullable String late;
    private final AtomicBoolean running = new AtomicBoolean();
    private final LinkedHashMap<String, CompiledPlan> plans = new LinkedHashMap<>(16, 0.75f, true);

    /** The plan of the last run, the youngest of {@link #plans}: most runs have the shapes of the one before. */
    private @Nullable CompiledPlan latest;

    CompiledGraph(SameDiff sd, List<String> outputs, List<String> gradients, @Nullable String late, Machine machine) {
        this.sd = sd;
        this.late = late;
        if (!gradients.isEmpty()) {
            QuietGradients.create(sd, gradients.toArray(String[]::new));
        }
        this.graph = GraphImport.of(sd, outputs, gradients);
        this.machine = machine;
    }

    /**
     * Starts to say what is wanted of a graph.
     *
     * @param sd the graph; its structure is not modified
     * @return a builder that wants nothing yet
     */
    public static CompiledGraphBuilder of(SameDiff sd) {
        return new CompiledGraphBuilder(sd);
    }

    /**
     * Computes the outputs and gradients.
     *
     * @param placeholders a value for every placeholder they depend on; not modified
     * @return the values, valid until the next run
     * @throws IllegalArgumentException if a placeholder has no value
     * @throws UncompilableGraphException if a shape depends on values
     * @throws IllegalStateException if another thread is running this instance
     */
    public CompiledValues run(Map<String, INDArray> placeholders) {
        return alone(() -> {
            FittedPlan fitted = fitting(placeholders);
            return fitted.plan().run(fitted.placeholders());
        });
    }

    /**
     * Computes what does not depend on the {@linkplain CompiledGraphBuilder#late late} placeholder, asks for its value, and computes
     * the rest: a gradient whose cotangents depend on the outputs costs no second forward sweep.
     *
     * @param placeholders a value for every placeholder; that of the late one only says its shape; not modified
     * @param answer called once per run, with values of which those that depend on the late placeholder are old or undefined; gives
     *     its value, of its type and shape, which is not modified. It must not run this instance
     * @return the values, valid until the next run
     * @throws IllegalArgumentException if a placeholder has no value, or the answer has another type or shape
     * @throws UncompilableGraphException if a shape depends on values
     * @throws IllegalStateException if no placeholder is late, or another thread is running this instance
     */
    public CompiledValues run(Map<String, INDArray> placeholders, Function<CompiledValues, INDArray> answer) {
        String asked = late;
        if (asked == null) {
            throw new IllegalStateException("no placeholder is late: name it with late(...) before build()");
        }
        return alone(() -> {
            FittedPlan fitted = fitting(placeholders);
            return fitted.plan().run(fitted.placeholders(), asked, answer);
        });
    }

    private CompiledValues alone(Supplier<CompiledValues> work) {
        if (!running.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "this CompiledGraph is being run by another thread; build one for each thread");
        }
        try {
            return work.get();
        } finally {
            running.set(false);
        }
    }

    private FittedPlan fitting(Map<String, INDArray> placeholders) {
        CompiledPlan last = latest;
        if (last != null && last.fits(placeholders) && last.isCurrent()) {
            return new FittedPlan(last, placeholders);
        }
        Map<String, INDArray> typed = typed(placeholders);
        CompiledPlan plan = plan(typed);
        latest = plan;
        return new FittedPlan(plan, typed);
    }

    /** A plan with values of the placeholders' own types. */
    private record FittedPlan(CompiledPlan plan, Map<String, INDArray> placeholders) {}

    /**
     * Says where the time goes: runs the schedule some times and times every step.
     *
     * @param placeholders as for {@link #run}
     * @param runs how many times, at least 1; the first runs of a process are slow
     * @return the steps in their order
     * @throws IllegalArgumentException as {@link #run} does, or if {@code runs} is less than 1
     */
    public List<StepTime> profile(Map<String, INDArray> placeholders, int runs) {
        if (!(runs >= 1)) {
            throw new IllegalArgumentException("expected at least one run to profile, got " + runs);
        }
        run(placeholders);
        return plan(typed(placeholders)).profile(runs);
    }

    private Map<String, INDArray> typed(Map<String, INDArray> placeholders) {
        Map<String, INDArray> typed = new HashMap<>();
        placeholders.forEach((name, array) -> {
            if (sd.hasVariable(name)) {
                typed.put(name, array.castTo(sd.getVariable(name).dataType()));
            }
        });
        return typed;
    }

    CompiledPlan plan(Map<String, INDArray> placeholders) {
        String key = key(placeholders);
        CompiledPlan plan = plans.get(key);
        if (plan != null && !plan.isCurrent()) {
            latest = null;
            plan.close();
            plans.remove(key);
            plan = null;
        }
        if (plan == null) {
            plan = planned(placeholders);
            plans.put(key, plan);
            if (plans.size() > PLANS) {
                Iterator<CompiledPlan> oldest = plans.values().iterator();
                oldest.next().close();
                oldest.remove();
            }
        }
        return plan;
    }

    /** Recording draws random numbers of its own; the runs are to draw what SameDiff's session would. */
    private CompiledPlan planned(Map<String, INDArray> placeholders) {
        Random random = Nd4j.getRandom();
        long root = random.rootState();
        long node = random.nodeState();
        try {
            return CompiledPlan.of(graph, placeholders, late, machine);
        } finally {
            random.setStates(root, node);
        }
    }

    private static String key(Map<String, INDArray> placeholders) {
        Map<String, String> shapes = new TreeMap<>();
        placeholders.forEach((name, array) -> shapes.put(name, Arrays.toString(array.shape())));
        return shapes.toString();
    }

    /** Releases the plans and their memory; a later run plans anew. */
    @Override
    public void close() {
        latest = null;
        plans.values().forEach(CompiledPlan::close);
        plans.clear();
    }
}
