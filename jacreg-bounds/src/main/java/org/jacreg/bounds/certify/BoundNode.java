package org.jacreg.bounds.certify;

import org.jacreg.report.Fingerprint;

/** One op of a {@link BoundGraph}, on flat samples. Immutable. */
abstract sealed class BoundNode permits InputNode, LinearNode, SumNode, JoinNode, NonlinearNode {

    private final String name;
    private final int[] inputs;
    private final int size;

    BoundNode(String name, int size, int... inputs) {
        this.name = name;
        this.size = size;
        this.inputs = inputs.clone();
    }

    final String name() {
        return name;
    }

    /** How many numbers it gives for a sample. */
    final int size() {
        return size;
    }

    final int inputCount() {
        return inputs.length;
    }

    final int input(int i) {
        return inputs[i];
    }

    /** The op on one sample, in float64. */
    abstract double[] evaluate(double[]... values);

    /** The interval rule: bounds and errors of the values, from those of the inputs. */
    abstract NodeBounds forward(Pass pass);

    /**
     * The op on one input for every functional, nonlinear ops replaced by the lines with which the functionals were carried back.
     *
     * @param values of the inputs, [rows, size] each
     */
    abstract double[] follow(double[][] values, Functionals functionals, SlopeChoice choice, Pass pass);

    /** Replaces the node's coefficients by coefficients of its inputs. */
    abstract void backward(Functionals functionals, double[] coefficients, Pass pass);

    /** Adds what the op computes to a hash: everything that {@link #evaluate} depends on beside the wiring, no names. */
    abstract void addTo(Fingerprint fingerprint);

    @Override
    public final String toString() {
        return getClass().getSimpleName() + " '" + name + "' [" + size + "]";
    }
}
