package org.jacreg.bounds.certify.vnnlib;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.jacreg.bounds.certify.Arithmetic;
import org.jacreg.bounds.certify.BoundGraph;
import org.jacreg.bounds.certify.BoundMethod;
import org.jacreg.bounds.certify.OutputBounds;
import org.jacreg.classifier.Classifier;
import org.jspecify.annotations.Nullable;

/**
 * Decides VNN-LIB properties of a network.
 *
 * <pre>{@code
 * VnnLibVerdict verdict = VnnLibVerifier.of(BoundGraph.of(sd)).build().verify(VnnLibReader.read(file));
 * }</pre>
 *
 * <p>First violations are looked for, by steps along the gradient from the middle of each box and from random points. Then each box is
 * bounded: an alternative cannot be met where the bound of one of its conditions says so. Boxes in which alternatives stay open are cut in
 * two along the input that matters most, and both halves are looked at again, up to a number of boxes. With few inputs this decides
 * everything but violations within rounding of the limit; with many, it is the bound over the whole box that decides.
 *
 * <p>{@link VnnLibVerdict.Holds} is a proof, for the boxes of the file in exact numbers, rounded outward. {@link VnnLibVerdict.Violated} is a
 * point in the network's type that lies in the exact box, with outputs that meet the exact conditions: evaluated by the classifier that was
 * given, or in float64 if this is the network's arithmetic; otherwise bounds at the point must show it for every evaluation.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class VnnLibVerifier {

    /** Boxes that are looked at unless told otherwise. */
    public static final long DEFAULT_BOXES = 1000;

    private static final int GROUP = 32;
    private static final int STARTS = 5;

    private final BoundGraph graph;
    private final BoundMethod method;
    private final Arithmetic arithmetic;
    private final @Nullable Classifier model;
    private final long largestBoxes;
    private final long seed;

    private VnnLibVerifier(Builder builder) {
        this.graph = builder.graph;
        this.method = builder.method;
        this.arithmetic = builder.arithmetic;
        this.model = builder.model;
        this.largestBoxes = builder.largestBoxes;
        this.seed = builder.seed;
    }

    /**
     * Starts a verifier.
     *
     * @param graph the network
     * @return a builder: {@link BoundMethod#CROWN}, the graph's own arithmetic, {@value #DEFAULT_BOXES} boxes, seed 0
     */
    public static Builder of(BoundGraph graph) {
        return new Builder(graph);
    }

    /** A box and the alternatives that are open in it. */
    private static final class Open {

        private final double[] lower;
        private final double[] upper;
        private final List<Alternative> alternatives;

        Open(double[] lower, double[] upper, List<Alternative> alternatives) {
            this.lower = lower;
            this.upper = upper;
            this.alternatives = alternatives;
        }
    }

    /**
     * Decides a property.
     *
     * @param property the property
     * @return the verdict
     * @throws IllegalArgumentException if the network has other numbers of inputs or outputs
     * @throws CancellationException if the thread is interrupted
     */
    public VnnLibVerdict verify(VnnLibProperty property) {
        if (property.inputs() != graph.inputs() || property.outputs() != graph.classes()) {
            throw new IllegalArgumentException("property of " + property.inputs() + " inputs and " + property.outputs()
                    + " outputs: the network has " + graph.inputs() + " and " + graph.classes());
        }
        Random random = new Random(seed);
        long boxes = 0;
        VnnLibVerdict.@Nullable Unknown open = null;
        for (VnnLibProperty.Case one : property.cases()) {
            VnnLibVerdict verdict = verify(one, largestBoxes - boxes, random);
            if (verdict instanceof VnnLibVerdict.Violated) {
                return verdict;
            }
            if (verdict instanceof VnnLibVerdict.Unknown unknown) {
                boxes += unknown.boxes();
                open = unknown;
            } else {
                boxes += ((VnnLibVerdict.Holds) verdict).boxes();
            }
        }
        return open == null ? new VnnLibVerdict.Holds(boxes) : new VnnLibVerdict.Unknown(boxes, open.reason());
    }

    private VnnLibVerdict verify(VnnLibProperty.Case one, long budget, Random random) {
        Optional<OutputConstraint> inexact = one.alternatives().stream()
                .flatMap(List::stream)
                .filter(condition -> !Alternative.exact(condition))
                .findFirst();
        if (inexact.isPresent()) {
            return new VnnLibVerdict.Unknown(
                    0, "coefficients of " + inexact.get() + " have too many digits for float64");
        }
        List<Alternative> alternatives = one.alternatives().stream()
                .flatMap(conditions -> Alternative.of(conditions, graph.classes()).stream())
                .toList();
        double[] lower = one.lower().stream().mapToDouble(Decimals::down).toArray();
        double[] upper = one.upper().stream().mapToDouble(Decimals::up).toArray();
        ViolationSearch search = new ViolationSearch(graph, arithmetic, model, one);
        for (Alternative alternative : alternatives) {
            Optional<VnnLibVerdict.Violated> found = search.search(lower, upper, alternative, STARTS, random);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return alternatives.isEmpty()
                ? new VnnLibVerdict.Holds(0)
                : cut(new Open(lower, upper, alternatives), search, budget, random);
    }

    private VnnLibVerdict cut(Open whole, ViolationSearch search, long budget, Random random) {
        Deque<Open> todo = new ArrayDeque<>(List.of(whole));
        long boxes = 0;
        boolean stuck = false;
        while (!todo.isEmpty()) {
            if (boxes >= budget) {
                return new VnnLibVerdict.Unknown(boxes, "looked at all " + largestBoxes + " boxes that were allowed");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("VNN-LIB: interrupted after " + boxes + " boxes");
            }
            List<Open> group = new ArrayList<>();
            while (!todo.isEmpty() && group.size() < Math.min(GROUP, budget - boxes)) {
                group.add(todo.pop());
            }
            boxes += group.size();
            for (Open left : bound(group)) {
                Alternative first = left.alternatives.get(0);
                Optional<VnnLibVerdict.Violated> found = search.search(left.lower, left.upper, first, 1, random);
                if (found.isPresent()) {
                    return found.get();
                }
                stuck |= !split(left, search, todo);
            }
        }
        return stuck
                ? new VnnLibVerdict.Unknown(boxes, "a condition is met or missed by no more than rounding")
                : new VnnLibVerdict.Holds(boxes);
    }

    /** The boxes in which alternatives stay open, with those. */
    private List<Open> bound(List<Open> group) {
        double[][] lower = group.stream().map(box -> box.lower).toArray(double[][]::new);
        double[][] upper = group.stream().map(box -> box.upper).toArray(double[][]::new);
        double[][][] rows = group.stream()
                .map(box -> box.alternatives.stream()
                        .flatMap(alternative -> Arrays.stream(alternative.rows()))
                        .toArray(double[][]::new))
                .toArray(double[][][]::new);
        double[][] below = OutputBounds.below(graph, method, arithmetic, lower, upper, rows);
        List<Open> left = new ArrayList<>();
        for (int n = 0; n < below.length; n++) {
            List<Alternative> alternatives = new ArrayList<>();
            int row = 0;
            for (Alternative alternative : group.get(n).alternatives) {
                int end = row + alternative.rows().length;
                if (!alternative.excluded(Arrays.copyOfRange(below[n], row, end))) {
                    alternatives.add(alternative);
                }
                row = end;
            }
            if (!alternatives.isEmpty()) {
                left.add(new Open(lower[n], upper[n], alternatives));
            }
        }
        return left;
    }

    /** Cuts a box in two along the input by which the furthest condition changes most; false if no number lies in between. */
    private static boolean split(Open box, ViolationSearch search, Deque<Open> todo) {
        double[] middle = ViolationSearch.middle(box.lower, box.upper);
        double[] influence = new double[middle.length];
        Alternative first = box.alternatives.get(0);
        for (double[] row : first.rows()) {
            double[] slope = search.gradient(middle, row);
            for (int i = 0; i < slope.length; i++) {
                influence[i] += Math.abs(slope[i]);
            }
        }
        int best = -1;
        double most = -1;
        for (int i = 0; i < middle.length; i++) {
            double width = box.upper[i] - box.lower[i];
            // the second term decides where slopes vanish
            double weight = width * (influence[i] + 1e-6);
            if (middle[i] > box.lower[i] && middle[i] < box.upper[i] && weight > most) {
                best = i;
                most = weight;
            }
        }
        if (best < 0) {
            return false;
        }
        double[] upper = box.upper.clone();
        upper[best] = middle[best];
        double[] lower = box.lower.clone();
        lower[best] = middle[best];
        todo.push(new Open(lower, box.upper, box.alternatives));
        todo.push(new Open(box.lower, upper, box.alternatives));
        return true;
    }

    @Override
    public String toString() {
        return "VnnLibVerifier[method=" + method + ", arithmetic=" + arithmetic + ", largestBoxes=" + largestBoxes
                + ", seed=" + seed + ", classifier=" + (model != null) + "]";
    }

    /** Options of a verifier. */
    public static final class Builder {

        private final BoundGraph graph;
        private BoundMethod method = BoundMethod.CROWN;
        private Arithmetic arithmetic;
        private @Nullable Classifier model;
        private long largestBoxes = DEFAULT_BOXES;
        private long seed;

        private Builder(BoundGraph graph) {
            this.graph = graph;
            this.arithmetic = graph.arithmetic();
        }

        /**
         * Sets how values are bounded.
         *
         * @param value {@link BoundMethod#CROWN} unless set
         * @return this
         */
        public Builder method(BoundMethod value) {
            this.method = value;
            return this;
        }

        /**
         * Sets how the network is evaluated.
         *
         * @param value the arithmetic of the graph's type unless set
         * @return this
         */
        public Builder arithmetic(Arithmetic value) {
            this.arithmetic = value;
            return this;
        }

        /**
         * Sets who evaluates points that may be violations.
         *
         * @param value the classifier that the graph was read from; none unless set
         * @return this
         * @throws IllegalArgumentException if it has another number of classes
         */
        public Builder evaluatedBy(Classifier value) {
            if (value.classes() != graph.classes()) {
                throw new IllegalArgumentException("classifier: got " + value.classes() + " classes, wanted "
                        + graph.classes() + ", as many as the graph has");
            }
            this.model = value;
            return this;
        }

        /**
         * Sets how many boxes may be looked at.
         *
         * @param value at least 1; {@value VnnLibVerifier#DEFAULT_BOXES} unless set
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder largestBoxes(long value) {
            if (value < 1) {
                throw new IllegalArgumentException("boxes: got " + value + ", wanted at least 1");
            }
            this.largestBoxes = value;
            return this;
        }

        /**
         * Sets the seed of the random points from which violations are looked for.
         *
         * @param value any number; 0 unless set
         * @return this
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Finishes.
         *
         * @return the verifier
         */
        public VnnLibVerifier build() {
            return new VnnLibVerifier(this);
        }
    }
}
