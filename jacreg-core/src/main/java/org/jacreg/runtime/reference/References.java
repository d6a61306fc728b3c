package org.jacreg.runtime.reference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reference results of ND4J's ops, by the name of the op. Immutable. */
public final class References {

    private final Map<String, Reference> byName;

    private References(Map<String, Reference> byName) {
        this.byName = Map.copyOf(byName);
    }

    /**
     * All references that there are.
     *
     * @return those of the ops that MLPs, convolutional networks, their losses, penalties and gradients are made of
     */
    public static References standard() {
        Builder builder = new Builder();
        ElementwiseReferences.addTo(builder);
        PairwiseReferences.addTo(builder);
        ReductionReferences.addTo(builder);
        MatrixReferences.addTo(builder);
        ConvolutionReferences.addTo(builder);
        PoolingReferences.addTo(builder);
        SoftmaxReferences.addTo(builder);
        NormalizationReferences.addTo(builder);
        MovementReferences.addTo(builder);
        return new References(builder.byName);
    }

    /**
     * The reference of an op.
     *
     * @param opName the kind, as ND4J names it
     * @return nothing where there is none
     */
    public Optional<Reference> find(String opName) {
        return Optional.ofNullable(byName.get(opName));
    }

    /**
     * A registry with one reference more, or another one.
     *
     * @param opName the kind, as ND4J names it
     * @param reference what it should compute
     * @return a new registry; this one stays as it is
     */
    public References with(String opName, Reference reference) {
        Map<String, Reference> changed = new LinkedHashMap<>(byName);
        changed.put(opName, reference);
        return new References(changed);
    }

    /**
     * The ops with a reference.
     *
     * @return their names
     */
    public Set<String> opNames() {
        return byName.keySet();
    }

    /** Collects references; a name may be given once. */
    static final class Builder {

        private final Map<String, Reference> byName = new LinkedHashMap<>();

        void add(String name, Reference reference) {
            if (byName.putIfAbsent(name, reference) != null) {
                throw new IllegalStateException("there are two references for op '" + name + "'");
            }
        }
    }
}
