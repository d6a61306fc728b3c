package org.jacreg.benchmarks.growth;

import java.util.List;
import org.jacreg.benchmarks.workload.ReluNetwork;

/** What grows while everything else stays as in 784-512-512-10 at batch 128. */
enum Axis {
    BATCH("batch size N", 16, 32, 64, 128, 256),
    CLASSES("classes C", 2, 5, 10, 20, 40),
    INPUTS("inputs D", 98, 196, 392, 784, 1568),
    DEPTH("hidden layers", 1, 2, 3, 4, 6);

    private static final int N = 128;
    private static final ReluNetwork USUAL = new ReluNetwork(784, 512, 2, 10);

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Integer> sizes;

    Axis(String label, Integer... sizes) {
        this.label = label;
        this.sizes = List.of(sizes);
    }

    String label() {
        return label;
    }

    List<Integer> sizes() {
        return sizes;
    }

    int batch(int value) {
        return this == BATCH ? value : N;
    }

    ReluNetwork network(int value) {
        return switch (this) {
            case BATCH -> USUAL;
            case CLASSES -> new ReluNetwork(USUAL.inputs(), USUAL.width(), USUAL.depth(), value);
            case INPUTS -> new ReluNetwork(value, USUAL.width(), USUAL.depth(), USUAL.classes());
            case DEPTH -> new ReluNetwork(USUAL.inputs(), USUAL.width(), value, USUAL.classes());
        };
    }
}
