package org.jacreg.jacobian;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jacreg.graph.GraphCopy;
import org.jacreg.graph.GraphDecoration;
import org.jacreg.graph.GraphModel;
import org.jacreg.graph.GraphModelBuilder;
import org.jacreg.graph.GraphOp;
import org.jacreg.graph.GraphProbe;
import org.jacreg.vjp.ReverseWalk;
import org.jacreg.vjp.UnsupportedOpException;
import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Builds a {@link Jacobian}; every name that is not given is inferred. */
public final class JacobianBuilder {

    /** A column costs about this many times what a row costs. */
    private static final int COLUMN_COST = 2;

    private final SameDiff sd;
    private String[] inputs = {};
    private @Nullable String logits;
    private long @Nullable [] inputShape;
    private VjpRules rules = VjpRules.standard();
    private JacobianMode mode = JacobianMode.AUTO;
    private long maxMemory = -1;

    JacobianBuilder(SameDiff sd) {
        this.sd = sd;
    }

    /**
     * Names the input, or several.
     *
     * @param names floating-point placeholders, or variables that are computed inside the graph (the Jacobian at an inner
     *     layer); at least one
     * @return this
     */
    public JacobianBuilder input(String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("name at least one input");
        }
        this.inputs = names.clone();
        return this;
    }

    /**
     * Names the output that is differentiated.
     *
     * @param name a variable of shape {@code [N, C]}, or {@code [N, ...]} for sequences, images and inner layers
     * @return this
     */
    public JacobianBuilder logits(String name) {
        this.logits = name;
        return this;
    }

    /**
     * Gives the shape of one sample, where the placeholder does not declare it.
     *
     * @param shape without the batch axis; not modified
     * @return this
     */
    public JacobianBuilder inputShape(long... shape) {
        this.inputShape = shape.clone();
        return this;
    }

    /**
     * Sets the derivative rules.
     *
     * @param rules the registry, {@link VjpRules#standard()} by default
     * @return this
     */
    public JacobianBuilder rules(VjpRules rules) {
        this.rules = rules;
        return this;
    }

    /**
     * Sets how entries are computed.
     *
     * @param mode {@link JacobianMode#AUTO} by default
     * @return this
     */
    public JacobianBuilder mode(JacobianMode mode) {
        this.mode = mode;
        return this;
    }

    /**
     * Caps the memory for what is computed at a time: Jacobians are worked out for so many samples, and so many rows or columns
     * of them, that all values of these sweeps and the block they yield stay below the cap. What the weights, the caller's arrays
     * and Java itself take is not counted; nor is the result of {@link Jacobian#compute}, which must not be larger than the cap
     * either.
     *
     * @param bytes positive; 1 GiB by default, with which results of {@link Jacobian#compute} may be as large as the
     *     machine allows
     * @return this
     */
    public JacobianBuilder maxMemory(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("maxMemory must be a positive number of bytes, got " + bytes);
        }
        this.maxMemory = bytes;
        return this;
    }

    /**
     * Differentiates the graph.
     *
     * @return the Jacobian
     * @throws IllegalArgumentException if names or shapes are wrong or cannot be inferred, samples are coupled, the cap of
     *     memory does not allow one row of one sample, or {@link JacobianMode#CLOSED_FORM} is asked of a graph that is not
     *     affine, naming the first op in the way
     * @throws org.jacreg.vjp.UnsupportedOpException listing every op without a rule
     */
    public Jacobian build() {
        // Names are inferred on the original: the copy has no losses.
        GraphModelBuilder names = GraphModel.builder(sd);
        if (inputs.length > 0) {
            names.input(inputs);
        }
        if (logits != null) {
            names.logits(logits);
        }
        GraphModel original = names.build();
        requireForeignNames(original);
        ReverseWalk.check(original, rules);
        GraphCopy copy = GraphCopy.of(sd);
        if (maxMemory > 0) {
            copy.keepNoArrays();
        }
        GraphModel model = GraphModel.builder(copy.graph())
                .input(original.inputs().toArray(new String[0]))
                .logits(original.logits())
                .build();
        JacobianGraph graph = JacobianGraph.of(model, rules, inputShape);
        copy.verify(original, graph.probe());
        declareShapes(graph);
        JacobianSweeps sweeps = new JacobianSweeps(copy, graph, rules);
        return new Jacobian(choose(sweeps), JacobianFeed.of(model, graph.probe()), this, sd);
    }

    /** What is under the prefix is ours, and is left out of the copy. */
    private static void requireForeignNames(GraphModel model) {
        for (GraphOp op : model.path()) {
            for (String name : op.inputs()) {
                if (name.startsWith(GraphDecoration.PREFIX)) {
                    throw new IllegalArgumentException("variable '" + name + "', on the path from " + model.inputs()
                            + " to '" + model.logits() + "', uses the reserved prefix '" + GraphDecoration.PREFIX
                            + "'; rename it");
                }
            }
        }
        if (model.logits().startsWith(GraphDecoration.PREFIX)) {
            throw new IllegalArgumentException("logits '" + model.logits() + "' use the reserved prefix '"
                    + GraphDecoration.PREFIX + "'; rename them");
        }
    }

    /** In the private copy, so that later probes know them. */
    private static void declareShapes(JacobianGraph graph) {
        SameDiff copy = graph.model().sameDiff();
        for (String input : graph.model().inputs()) {
            SDVariable variable = copy.getVariable(input);
            if (variable.getVariableType() == VariableType.PLACEHOLDER) {
                variable.setShape(JacobianSweep.prepend(
                        graph.probe().sampleShape(input), graph.probe().fixedBatch()));
            }
        }
    }

    private JacobianComputation choose(JacobianSweeps sweeps) {
        JacobianShapes shapes = sweeps.shapes();
        long block = shapes.columns() * shapes.type().width();
        MemoryPlan plan = new MemoryPlan(
                maxMemory < 0 ? MemoryPlan.DEFAULT_CAP : maxMemory,
                maxMemory > 0,
                sweeps.forwardBytes(),
                sweeps.bytesPerSeed(sweeps.vjp()) + block);
        boolean affine = isAffine(sweeps);
        if (mode == JacobianMode.FORWARD || (mode == JacobianMode.AUTO && !affine && manyRows(shapes))) {
            JacobianComputation forward = forward(sweeps, plan);
            if (forward != null) {
                return forward;
            }
        }
        requirePossible(plan, shapes);
        int stack = sweeps.graph().probe().stackable() ? plan.stack(shapes.rows()) : 1;
        JacobianMode chosen = affine && mode != JacobianMode.REVERSE ? JacobianMode.CLOSED_FORM : JacobianMode.REVERSE;
        return new JacobianComputation(sweeps, chosen, JacobianPieces.byRows(sweeps, stack), plan);
    }

    private static boolean manyRows(JacobianShapes shapes) {
        return shapes.rows() > COLUMN_COST * shapes.columns();
    }

    /** Null where the choice is free and this one is not possible. */
    private @Nullable JacobianComputation forward(JacobianSweeps sweeps, MemoryPlan byRows) {
        boolean free = mode == JacobianMode.AUTO;
        JacobianShapes shapes = sweeps.shapes();
        try {
            long perSeed = 0;
            long longest = 1;
            for (int input = 0; input < shapes.inputs().size(); input++) {
                perSeed = Math.max(perSeed, sweeps.bytesPerSeed(sweeps.jvp(input)));
                longest = Math.max(longest, shapes.columns(input));
            }
            // The reverse sweep's own nodes hold the derivatives of the ops.
            MemoryPlan plan = new MemoryPlan(
                    byRows.cap(),
                    byRows.isUsers(),
                    byRows.forward() + byRows.perSeed(),
                    perSeed + (long) shapes.rows() * shapes.type().width());
            if (free && plan.bytes(1) + shapes.bytesPerSample() > plan.cap()) {
                return null;
            }
            requirePossible(plan, shapes);
            int stack = sweeps.graph().probe().stackable() ? plan.stack(longest) : 1;
            return new JacobianComputation(sweeps, JacobianMode.FORWARD, JacobianPieces.byColumns(sweeps, stack), plan);
        } catch (UnsupportedOpException | IllegalArgumentException e) {
            if (free) {
                return null;
            }
            throw e;
        }
    }

    private void requirePossible(MemoryPlan plan, JacobianShapes shapes) {
        long samples = Math.max(1, shapes.fixedBatch());
        if (plan.isUsers() && !plan.possible(samples)) {
            throw new IllegalArgumentException("maxMemory of " + plan.cap()
                    + " bytes is too little: one row or column of " + samples + " sample(s) takes about "
                    + samples * plan.bytes(1) + " bytes with all that is computed on the way");
        }
    }

    private boolean isAffine(JacobianSweeps sweeps) {
        GraphModel model = sweeps.graph().model();
        Optional<String> obstacle = AffineCheck.obstacle(model, sweeps.graph().probe(), rules);
        if (obstacle.isEmpty() && !sameAtTwoPoints(sweeps)) {
            obstacle = Optional.of("its derivatives differ from point to point");
        }
        if (mode == JacobianMode.CLOSED_FORM && obstacle.isPresent()) {
            throw new IllegalArgumentException("there is no closed form of the Jacobian of '" + model.logits() + "' by "
                    + model.inputs() + ": " + obstacle.get() + "; use mode(JacobianMode.AUTO)");
        }
        return obstacle.isEmpty();
    }

    /** A check on the kinds in the registry: with affine ops only, {@code J^T v} is computed without x. */
    private static boolean sameAtTwoPoints(JacobianSweeps sweeps) {
        GraphProbe probe = sweeps.graph().probe();
        long n = probe.sampleBatchSize();
        INDArray v = org.nd4j.linalg.factory.Nd4j.ones(
                sweeps.shapes().type(), JacobianSweep.prepend(sweeps.shapes().output(), n));
        Map<String, INDArray> here = probe.sampleBatch();
        Map<String, INDArray> there = new java.util.LinkedHashMap<>(here);
        there.replaceAll(
                (name, array) -> array.dataType().isFPType() ? array.mul(-2).addi(0.3) : array);
        List<INDArray> first = sweeps.vjp().run(new JacobianFeed.Batch(n, here, java.util.Set.of()), v).stream()
                .map(INDArray::dup)
                .toList();
        List<INDArray> second = sweeps.vjp().run(new JacobianFeed.Batch(n, there, java.util.Set.of()), v);
        for (int input = 0; input < first.size(); input++) {
            if (!first.get(input).equals(second.get(input))) {
                return false;
            }
        }
        return true;
    }

    /** The same names, rules and mode with another cap. */
    static JacobianBuilder copyOf(JacobianBuilder other, SameDiff sd) {
        JacobianBuilder copy = new JacobianBuilder(sd);
        copy.inputs = other.inputs;
        copy.logits = other.logits;
        copy.inputShape = other.inputShape;
        copy.rules = other.rules;
        copy.mode = other.mode;
        copy.maxMemory = other.maxMemory;
        return copy;
    }

    @Override
    public String toString() {
        return "Jacobian[inputs=" + Arrays.toString(inputs) + ", logits=" + logits + ", inputShape="
                + Arrays.toString(inputShape) + ", mode=" + mode + ", maxMemory=" + maxMemory + "]";
    }
}
