package org.jacreg.vjp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The page docs/op-support.md, made of the registry and of what its tests measured. */
final class OpSupport {

    enum Column {
        FIRST,
        SECOND,
        SECOND_BY_RULES
    }

    private static final Path PAGE = Path.of("..", "docs", "op-support.md");
    private static final Path FRESH = Path.of("target", "op-support.md");

    private final VjpRules rules;
    private final List<OpSpec> specs;
    private final Map<Column, Map<String, Double>> worst = new EnumMap<>(Column.class);
    private final Map<Column, Integer> counts = new EnumMap<>(Column.class);
    private int planted;
    private int caught;

    OpSupport(VjpRules rules, List<OpSpec> specs) {
        this.rules = rules;
        this.specs = specs;
    }

    void measured(OpSpec spec, Column column, double error) {
        worst.computeIfAbsent(column, c -> new HashMap<>()).merge(spec.opName(), error, Math::max);
        counts.merge(column, 1, Integer::sum);
    }

    void planted(boolean wasCaught) {
        planted++;
        caught += wasCaught ? 1 : 0;
    }

    /** Does nothing after a run of part of the tests. */
    void compareWithPage() throws IOException {
        boolean complete = counts.getOrDefault(Column.FIRST, 0) == specs.size()
                && counts.getOrDefault(Column.SECOND_BY_RULES, 0) == specs.size()
                && planted > 0;
        if (!complete) {
            return;
        }
        String fresh = page();
        Files.createDirectories(FRESH.toAbsolutePath().getParent());
        Files.writeString(FRESH, fresh);
        String committed = Files.exists(PAGE) ? Files.readString(PAGE) : "";
        assertThat(masked(committed))
                .as("docs/op-support.md is stale: copy jacreg-core/target/op-support.md over it")
                .isEqualTo(masked(fresh));
    }

    /** Measured errors differ from machine to machine; that they are small enough is the tests' business. */
    private static String masked(String page) {
        return page.replaceAll("\\de[+-]?\\d+", "#").replaceAll(" 0 \\|", " # |");
    }

    private String page() {
        List<String> lines = new ArrayList<>();
        long withRules = rules.opNames().stream().filter(this::isTested).count();
        lines.add("# Supported ops");
        lines.add("");
        lines.add("Made by the tests of jacreg-core (`VjpRulesTest`); not to be edited by hand. " + withRules
                + " ops have derivative rules, held by " + specs.size() + " rows of tests; " + zeros().size()
                + " ops are piecewise constant; " + refused().size() + " are refused. " + caught + " of " + planted
                + " planted faults (one rule off by 0.1 %, op by op and input by input) were caught.");
        lines.add("");
        lines.add(
                "Errors are the worst over an op's rows, in float64 (rules work in the type of the graph; float32 is held by the golden networks), against central differences, relative to the largest"
                        + " entry: *order 1* of the Jacobian; *order 2* of the gradients of the Frobenius and l11 penalties by all"
                        + " weights, by SameDiff's own differentiation (what `fit` uses); *by rules* of a gradient of a gradient by"
                        + " `Gradients` alone. A dash: SameDiff"
                        + " itself cannot differentiate the op, or gets it wrong (docs/nd4j-bugs.md): Jacobians, attacks and"
                        + " `Gradients` work, training does not.");
        lines.add("");
        lines.add("| op | kind | inputs | order 1 | order 2 | by rules | remarks |");
        lines.add("|---|---|---|---|---|---|---|");
        rules.opNames().stream().filter(this::isTested).map(this::row).forEach(lines::add);
        lines.add("");
        lines.add("## Piecewise constant");
        lines.add("");
        lines.add("Their derivative is 0 wherever it exists: `" + String.join("`, `", zeros()) + "`.");
        lines.add("");
        lines.add("## Unsupported, because");
        lines.add("");
        refused()
                .forEach(op -> lines.add("* `" + op + "`: "
                        + Objects.requireNonNull(
                                Objects.requireNonNull(rules.find(op)).reason()) + "."));
        lines.add("");
        lines.add("Every other op is refused with the advice to register a rule (`VjpRules.standard().with(...)`) or to"
                + " estimate by finite differences (`JacobianRegularizer.frobenius(sd).finiteDifference()`).");
        lines.add("");
        return String.join("\n", lines);
    }

    private boolean isTested(String op) {
        OpKind kind = rules.kind(op).orElseThrow();
        return kind != OpKind.ZERO && kind != OpKind.UNSUPPORTED;
    }

    private List<String> zeros() {
        return rules.opNames().stream()
                .filter(op -> rules.kind(op).orElseThrow() == OpKind.ZERO)
                .toList();
    }

    private List<String> refused() {
        return rules.opNames().stream()
                .filter(op -> rules.kind(op).orElseThrow() == OpKind.UNSUPPORTED)
                .toList();
    }

    private String row(String op) {
        OpRules entry = Objects.requireNonNull(rules.find(op));
        String inputs = entry.further() != null
                ? "all"
                : new TreeSet<>(entry.rules().keySet())
                        .stream().map(String::valueOf).collect(Collectors.joining(", "));
        List<OpSpec> own =
                specs.stream().filter(spec -> spec.opName().equals(op)).toList();
        List<String> untrainable = own.stream()
                .filter(spec -> !spec.trainable())
                .map(OpSpec::label)
                .toList();
        String remark = "";
        if (own.isEmpty()) {
            remark = "tested apart";
        } else if (untrainable.size() == own.size()) {
            remark = "not trainable by SameDiff";
        } else if (!untrainable.isEmpty()) {
            remark = "not trainable by SameDiff: " + String.join("; ", untrainable);
        }
        return "| `" + op + "` | " + entry.kind().name().toLowerCase(Locale.ROOT) + " | " + inputs + " | "
                + number(Column.FIRST, op) + " | " + number(Column.SECOND, op) + " | "
                + number(Column.SECOND_BY_RULES, op) + " | "
                + remark.replace("|", "\\|") + " |";
    }

    private String number(Column column, String op) {
        Double error = worst.getOrDefault(column, Map.of()).get(op);
        if (error == null) {
            return "-";
        }
        return error == 0 ? "0" : String.format(Locale.ROOT, "%.0e", error);
    }
}
