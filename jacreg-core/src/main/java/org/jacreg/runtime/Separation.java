package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives every wanted value memory of its own, so that a caller who works in one (an updater in a gradient, say) changes neither
 * another nor a weight.
 */
final class Separation {

    private Separation() {}

    static Program apply(Program program) {
        Map<Value, Value> sources = new HashMap<>();
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof View view) {
                sources.put(view.output(), view.input());
            }
        }
        Set<Value> taken = new HashSet<>();
        List<Instruction> instructions = new ArrayList<>(program.instructions());
        Map<String, Value> outputs = separate(program.outputs(), sources, taken, instructions);
        Map<String, Value> gradients = separate(program.gradients(), sources, taken, instructions);
        return new Program(instructions, outputs, gradients);
    }

    private static Map<String, Value> separate(
            Map<String, Value> wanted, Map<Value, Value> sources, Set<Value> taken, List<Instruction> instructions) {
        Map<String, Value> separated = new LinkedHashMap<>();
        wanted.forEach((name, value) -> {
            Value root = value;
            while (sources.containsKey(root)) {
                root = sources.get(root);
            }
            if (root.kind() == Value.Kind.COMPUTED && taken.add(root)) {
                separated.put(name, value);
            } else {
                Value copy = value.like(value.name() + "/copy" + instructions.size());
                instructions.add(new Copy(value, copy));
                separated.put(name, copy);
            }
        });
        return separated;
    }
}
