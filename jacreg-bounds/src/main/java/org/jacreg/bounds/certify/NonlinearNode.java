package org.jacreg.bounds.certify;

/** An op that is bounded by linear functions of its input. */
abstract sealed class NonlinearNode extends BoundNode permits ElementwiseNode, MaximumNode, PlaneNode {

    NonlinearNode(String name, int size, int input) {
        super(name, size, input);
    }

    /**
     * Marks the numbers of the input for which tighter bounds would give tighter linear functions.
     *
     * @param in what is known of the input
     * @param wanted [samples, size of the input]
     */
    abstract void markUndecided(NodeBounds in, boolean[] wanted);
}
