package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Instructions in an order in which they can run, and what is wanted of them.
 *
 * @param instructions each reads only placeholders, variables, constants and what earlier ones wrote
 * @param outputs the wanted values, by the names the user gave
 * @param gradients the wanted gradients, by the names of the variables
 */
record Program(List<Instruction> instructions, Map<String, Value> outputs, Map<String, Value> gradients) {

    Program {
        instructions = List.copyOf(instructions);
        outputs = new LinkedHashMap<>(outputs);
        gradients = new LinkedHashMap<>(gradients);
    }

    Set<Value> wanted() {
        Set<Value> wanted = new HashSet<>(outputs.values());
        wanted.addAll(gradients.values());
        return wanted;
    }

    Map<Value, Instruction> producers() {
        Map<Value, Instruction> producers = new HashMap<>();
        for (Instruction instruction : instructions) {
            instruction.outputs().forEach(output -> producers.put(output, instruction));
        }
        return producers;
    }

    /** Who reads each value, once per reading; {@code null} stands for the user. */
    Map<Value, List<@Nullable Instruction>> consumers() {
        Map<Value, List<@Nullable Instruction>> consumers = new HashMap<>();
        for (Instruction instruction : instructions) {
            for (Value input : instruction.inputs()) {
                consumers.computeIfAbsent(input, key -> new ArrayList<>()).add(instruction);
            }
        }
        for (Value value : wanted()) {
            consumers.computeIfAbsent(value, key -> new ArrayList<>()).add(null);
        }
        return consumers;
    }

    /** The same program without what nobody needs. */
    Program withoutDeadCode() {
        Set<Value> needed = new HashSet<>(wanted());
        List<Instruction> alive = new ArrayList<>();
        for (int i = instructions.size() - 1; i >= 0; i--) {
            Instruction instruction = instructions.get(i);
            if (instruction.outputs().stream().anyMatch(needed::contains)) {
                alive.add(0, instruction);
                needed.addAll(instruction.inputs());
            }
        }
        return new Program(alive, outputs, gradients);
    }

    /** The same wants computed by other instructions, in whatever order, some values standing for others. */
    Program rewritten(Collection<? extends Instruction> others, Map<Value, Value> substitution) {
        List<Instruction> read = new ArrayList<>();
        for (Instruction instruction : others) {
            read.add(instruction.reading(value -> resolve(value, substitution)));
        }
        Map<String, Value> newOutputs = new LinkedHashMap<>(outputs);
        newOutputs.replaceAll((name, value) -> resolve(value, substitution));
        Map<String, Value> newGradients = new LinkedHashMap<>(gradients);
        newGradients.replaceAll((name, value) -> resolve(value, substitution));
        return new Program(read, newOutputs, newGradients).sorted();
    }

    private static Value resolve(Value value, Map<Value, Value> substitution) {
        Value resolved = value;
        while (substitution.containsKey(resolved)) {
            resolved = substitution.get(resolved);
        }
        return resolved;
    }

    /** The same instructions in the same order, but for those that must wait for their producers. */
    Program sorted() {
        Map<Value, Instruction> producers = producers();
        Set<Instruction> placed = new HashSet<>();
        List<Instruction> ordered = new ArrayList<>(instructions.size());
        for (Instruction instruction : instructions) {
            place(instruction, producers, placed, ordered);
        }
        return new Program(ordered, outputs, gradients);
    }

    /** The instructions that read a placeholder, or what these have written, and so on; none if there is no such placeholder. */
    Set<Instruction> dependentsOf(@Nullable String placeholder) {
        Set<Instruction> dependents = new LinkedHashSet<>();
        Set<Value> reached = new HashSet<>();
        for (Instruction instruction : instructions) {
            boolean depends = instruction.inputs().stream()
                    .anyMatch(input -> reached.contains(input)
                            || (input.kind() == Value.Kind.PLACEHOLDER
                                    && input.name().equals(placeholder)));
            if (depends) {
                dependents.add(instruction);
                reached.addAll(instruction.outputs());
            }
        }
        return dependents;
    }

    /** The same with some instructions, and therefore everything that depends on them, behind all others. */
    Program postponing(Set<Instruction> dependents) {
        if (dependents.isEmpty()) {
            return this;
        }
        List<Instruction> ordered = new ArrayList<>(instructions);
        ordered.removeAll(dependents);
        ordered.addAll(dependents);
        return new Program(ordered, outputs, gradients);
    }

    /** An explicit stack: a deep network's chain of instructions would overflow the thread's own. */
    private static void place(
            Instruction last, Map<Value, Instruction> producers, Set<Instruction> placed, List<Instruction> ordered) {
        List<Instruction> stack = new ArrayList<>(List.of(last));
        while (!stack.isEmpty()) {
            Instruction instruction = stack.get(stack.size() - 1);
            List<Instruction> missing = new ArrayList<>();
            for (Value input : instruction.inputs()) {
                Instruction producer = producers.get(input);
                if (producer != null && !placed.contains(producer)) {
                    missing.add(producer);
                }
            }
            if (missing.isEmpty()) {
                stack.remove(stack.size() - 1);
                if (placed.add(instruction)) {
                    ordered.add(instruction);
                }
            } else {
                stack.addAll(missing);
            }
        }
    }

    /** How often each kind of instruction occurs, for logs and tests. */
    Map<String, Integer> census() {
        Map<String, Integer> census = new HashMap<>();
        for (Instruction instruction : instructions) {
            census.merge(kind(instruction), 1, Integer::sum);
        }
        return census;
    }

    private static String kind(Instruction instruction) {
        if (instruction instanceof ForeignOp foreign) {
            return foreign.opName();
        }
        if (instruction instanceof Native other) {
            return other.operation().getClass().getSimpleName();
        }
        return instruction.getClass().getSimpleName();
    }
}
