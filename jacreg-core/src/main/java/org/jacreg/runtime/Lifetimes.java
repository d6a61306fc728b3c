package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jacreg.runtime.Pointwise.Operand;
import org.jspecify.annotations.Nullable;

/**
 * From which instruction to which every place in memory is in use. Values that share a place have the same root: a view its
 * source's, an elementwise pass that of an operand which nobody reads afterwards, a product that of what is added to it.
 */
final class Lifetimes {

    /** A place, in use from one instruction to another, both included. */
    record Life(Value root, int first, int last) {

        /** Whether the place is filled by the user or handed out: it is in use between runs, too. */
        boolean isForUser() {
            return last == Integer.MAX_VALUE;
        }
    }

    private final Map<Value, Value> sources = new HashMap<>();
    private final Map<Value, Integer> first = new HashMap<>();
    private final Map<Value, Integer> last = new HashMap<>();
    private final Set<Value> wantedRoots = new HashSet<>();

    private Lifetimes() {}

    static Lifetimes of(Program program) {
        Lifetimes lifetimes = new Lifetimes();
        List<Instruction> instructions = program.instructions();
        for (Instruction instruction : instructions) {
            if (instruction instanceof View view) {
                lifetimes.sources.put(view.output(), view.input());
            }
        }
        lifetimes.readUses(program);
        for (int i = 0; i < instructions.size(); i++) {
            lifetimes.writeInPlace(instructions.get(i), i);
        }
        return lifetimes;
    }

    private void readUses(Program program) {
        List<Instruction> instructions = program.instructions();
        for (int i = 0; i < instructions.size(); i++) {
            for (Value output : instructions.get(i).outputs()) {
                if (!output.isConstant() && !sources.containsKey(output)) {
                    first.put(output, i);
                    use(output, i);
                }
            }
            for (Value input : instructions.get(i).inputs()) {
                use(input, i);
            }
        }
        for (Value wanted : program.wanted()) {
            use(wanted, Integer.MAX_VALUE);
            wantedRoots.add(root(wanted));
        }
    }

    private void use(Value value, int when) {
        Value root = root(value);
        last.merge(root, when, Math::max);
        if (root.kind() == Value.Kind.PLACEHOLDER) {
            // Filled before the first instruction, and again only before the next run.
            first.put(root, -1);
            last.put(root, Integer.MAX_VALUE);
        }
    }

    private void writeInPlace(Instruction instruction, int index) {
        Value output = instruction.outputs().get(0);
        Value reused = null;
        if (instruction instanceof Pointwise pass) {
            reused = reusable(pass, index);
        } else if (instruction instanceof Product product
                && product.addend() != null
                && dies(product.addend(), index)) {
            Value addend = root(product.addend());
            boolean read = root(product.left()) == addend || root(product.right()) == addend;
            reused = read ? null : product.addend();
        }
        if (reused == null || output.isConstant()) {
            return;
        }
        Value root = root(reused);
        int end = end(output);
        sources.put(output, reused);
        first.remove(output);
        last.remove(output);
        last.merge(root, end, Math::max);
    }

    private @Nullable Value reusable(Pointwise pass, int index) {
        for (Operand operand : pass.operands()) {
            boolean whole = operand.isFull(pass.output())
                    && operand.value().type() == pass.output().type();
            if (whole && dies(operand.value(), index) && isReadInFull(pass, root(operand.value()))) {
                return operand.value();
            }
        }
        return null;
    }

    private boolean isReadInFull(Pointwise pass, Value root) {
        return pass.operands().stream()
                .allMatch(operand -> operand.isFull(pass.output()) || root(operand.value()) != root);
    }

    /** Whether the place is free to be written over once the instruction has read it. */
    private boolean dies(Value value, int index) {
        Value root = root(value);
        return root.kind() == Value.Kind.COMPUTED && end(root) == index && !wantedRoots.contains(root);
    }

    private int end(Value root) {
        return Objects.requireNonNull(last.get(root), root::toString);
    }

    Value root(Value value) {
        Value root = value;
        while (sources.containsKey(root)) {
            root = sources.get(root);
        }
        return root;
    }

    /** The places in the order in which they come into use. */
    List<Life> lives() {
        List<Life> lives = new ArrayList<>();
        first.forEach((root, from) -> lives.add(new Life(root, from, end(root))));
        lives.sort(Comparator.comparingInt(Life::first));
        return lives;
    }
}
