package org.jacreg.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.autodiff.samediff.internal.memory.ArrayCacheMemoryMgr;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A private copy of a user's graph that shares its weights, so that nodes can be added without touching the original.
 *
 * <p>The copy sees weights as they are when {@link #refresh} is called: in-place updates by training are seen at once,
 * replaced arrays after a refresh. What jacreg has added to the original is not in the copy.
 */
public final class GraphCopy {

    private final SameDiff original;
    private final SameDiff copy;

    private GraphCopy(SameDiff original, SameDiff copy) {
        this.original = original;
        this.copy = copy;
    }

    /**
     * Copies a graph's nodes.
     *
     * @param original the graph; not modified
     * @return a copy without decorations, loss variables and gradient function
     * @throws IllegalArgumentException naming the ops that ND4J fails to copy
     */
    public static GraphCopy of(SameDiff original) {
        SameDiff copy = SameDiff.create();
        // Plain maps: the weights are the original's own arrays, neither duplicated nor device-local.
        copy.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
        try {
            original.invokeGraphOn(copy);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "ND4J fails to copy the graph (" + e.getMessage()
                            + "), so it can be neither saved nor trained; in the way: " + uncopied(original)
                            + ". Write these ops out of others (docs/nd4j-bugs.md)",
                    e);
        }
        copy.setLossVariables(new String[0]);
        GraphDecoration.removeChecked(copy);
        GraphCopy result = new GraphCopy(original, copy);
        result.refresh();
        return result;
    }

    /** The ops whose copy alone fails. */
    private static List<String> uncopied(SameDiff original) {
        List<String> names = new ArrayList<>();
        for (GraphOp op : new GraphStructure(original).sorted()) {
            try {
                FlatBuffersMapper.cloneViaSerialize(original, op.function());
            } catch (RuntimeException e) {
                names.add("op '" + op.opName() + "' computing " + op.outputs());
            }
        }
        return names;
    }

    /**
     * Checks that the copy computes what the original does: ND4J 1.0.0-M2.1 loses settings of some ops when it copies them
     * (docs/nd4j-bugs.md), without an error.
     *
     * @param model a part of the original graph; not modified
     * @param probe holds placeholder values for it
     * @throws IllegalArgumentException naming the first op whose copy computes something else
     */
    public void verify(GraphModel model, GraphProbe probe) {
        Map<String, INDArray> fed = probe.sampleBatch();
        if (CopyObstacle.same(original.outputSingle(fed, model.logits()), copy.outputSingle(fed, model.logits()))) {
            return;
        }
        for (GraphOp op : model.path()) {
            for (String name : op.outputs()) {
                if (!CopyObstacle.same(original.outputSingle(fed, name), copy.outputSingle(fed, name))) {
                    throw new IllegalArgumentException("ND4J copies op '" + op.opName() + "' computing '" + name
                            + "' wrongly: the copy has other values. A graph with it can be evaluated, but neither copied"
                            + " nor saved nor trained; write the op out of others");
                }
            }
        }
        throw new IllegalArgumentException("a copy of the graph computes other values of '" + model.logits()
                + "' than the graph itself, for the same input: it draws random numbers, or ND4J copies it wrongly");
    }

    /**
     * The copy.
     *
     * @return a graph that belongs to the holder of this object; its weights belong to the original
     */
    public SameDiff graph() {
        return copy;
    }

    /**
     * Has SameDiff give the memory of intermediate values back as soon as they are not needed, in evaluations by the current
     * thread. It keeps up to a quarter of {@code org.bytedeco.javacpp.maxbytes} for its next evaluations otherwise.
     */
    public void keepNoArrays() {
        InferenceSession session =
                copy.getSessions().computeIfAbsent(Thread.currentThread().getId(), id -> new InferenceSession(copy));
        if (session.getMmgr() instanceof ArrayCacheMemoryMgr cache) {
            cache.setMaxCacheBytes(0);
        }
    }

    /** Takes over arrays that were replaced in the original. */
    public void refresh() {
        refreshInto(copy);
    }

    /**
     * Takes over arrays that were replaced in the original, in a graph derived from the copy.
     *
     * @param derived for example the copy's gradient function; gains the original's current arrays
     */
    public void refreshInto(SameDiff derived) {
        for (SDVariable variable : copy.variables()) {
            VariableType type = variable.getVariableType();
            String name = variable.name();
            // What is under the prefix here is the copy's own, even if a decorated original has the same name.
            if (GraphDecoration.isOurs(name) || !original.hasVariable(name)) {
                continue;
            }
            if (type == VariableType.VARIABLE) {
                derived.getVariablesArrays().setArray(name, original.getArrForVarName(name));
            } else if (type == VariableType.CONSTANT) {
                derived.getConstantArrays().setArray(name, original.getArrForVarName(name));
            }
        }
    }
}
