package org.jacreg.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jacreg.runtime.NativeOperation.Dot;
import org.jacreg.runtime.Pointwise.Operand;
import org.jacreg.runtime.Pointwise.Operation;
import org.jacreg.runtime.Pointwise.Stage;
import org.jspecify.annotations.Nullable;

/**
 * The squared norm of a product without the product, where that is cheaper.
 *
 * <p>With {@code J = A B}, A of shape {@code [m, h]} and B of shape {@code [h, d]}: {@code ||J||_F^2 = sum(A S * A)}, {@code S = B B^T};
 * and for a gradient {@code G = c J}: {@code G B^T = c A S}, {@code A^T G = c (A^T A) B}. Norm and gradients through J take {@code 6 m h d}
 * operations, these {@code 4 m h^2 + 4 h^2 d}: fewer for the first layer of a network with more inputs than hidden units and more rows
 * than inputs. Used where nothing but the norm and the two gradients reads J.
 *
 * <p>Where J is small because A and B cancel, the norm loses twice the digits that J itself would: with {@code ||J|| = r ||A|| ||B||} its
 * relative error is about {@code u / r^2}, u the rounding unit, against {@code u / r}. It never comes out negative.
 */
final class GramForm {

    /** S and A^T A are written and read once more. */
    private static final double GAIN = 0.9;

    private final Program program;
    private final Map<Value, Instruction> producers;
    private final Map<Value, List<@Nullable Instruction>> consumers;

    private GramForm(Program program) {
        this.program = program;
        this.producers = program.producers();
        this.consumers = program.consumers();
    }

    static Program apply(Program program) {
        Program current = program;
        for (Instruction instruction : program.instructions()) {
            if (instruction instanceof Fold fold
                    && fold.kind() == Fold.Kind.SQUARES
                    && fold.output().length() == 1) {
                current = new GramForm(current).rewrite(fold);
            }
        }
        return current.withoutDeadCode();
    }

    /** A product that reads the gradient G, and the pass that made G of J. */
    private record Use(Product product, Pointwise scaling, boolean byLeft) {}

    private Program rewrite(Fold norm) {
        boolean plain = producers.get(source(norm.input())) instanceof Product made
                && made.addend() == null
                && !made.transposeLeft();
        if (!plain || !(producers.get(source(norm.input())) instanceof Product product)) {
            return program;
        }
        List<Use> uses = new ArrayList<>();
        for (Instruction reader : readers(product.output())) {
            if (reader instanceof Pointwise pass && isScaling(pass, product.output())) {
                if (!collect(pass, product, uses)) {
                    return program;
                }
            } else if (!norm.equals(reader)) {
                return program;
            }
        }
        return pays(product, uses) ? replaced(norm, product, uses) : program;
    }

    /** Whether all that read the gradient are understood. */
    private boolean collect(Pointwise scaling, Product product, List<Use> uses) {
        for (Instruction reader : readers(scaling.output())) {
            if (!(reader instanceof Product use) || use.addend() != null) {
                return false;
            }
            boolean gradientLeft = source(use.left()) == scaling.output();
            boolean gradientRight = source(use.right()) == scaling.output();
            boolean byLeft = gradientLeft
                    && !use.transposeLeft()
                    && use.right() == product.right()
                    && use.transposeRight() != product.transposeRight();
            boolean byRight = gradientLeft
                    ? use.transposeLeft() && use.right() == product.left() && !use.transposeRight()
                    : use.left() == product.left() && use.transposeLeft() && !use.transposeRight();
            if (gradientLeft == gradientRight || byLeft == byRight) {
                return false;
            }
            uses.add(new Use(use, scaling, byLeft));
        }
        return true;
    }

    /** Who reads a value, views seen through; null for the user. */
    private List<@Nullable Instruction> readers(Value value) {
        List<@Nullable Instruction> readers = new ArrayList<>();
        for (Instruction reader : consumers.getOrDefault(value, List.of())) {
            if (reader instanceof View view) {
                readers.addAll(readers(view.output()));
            } else {
                readers.add(reader);
            }
        }
        return readers;
    }

    private Value source(Value value) {
        Value source = value;
        while (producers.get(source) instanceof View view) {
            source = view.input();
        }
        return source;
    }

    /** J times numbers, each read once. */
    private boolean isScaling(Pointwise pass, Value j) {
        List<Integer> read = new ArrayList<>();
        for (Stage stage : pass.stages()) {
            if (stage.operation() != Operation.MULTIPLY && stage.operation() != Operation.MULTIPLY_CONSTANT) {
                return false;
            }
            read.add(stage.a());
            if (stage.b() >= 0) {
                read.add(stage.b());
            }
        }
        long whole = pass.operands().stream()
                .filter(operand -> source(operand.value()) == j)
                .count();
        long numbers = pass.operands().stream()
                .filter(operand -> operand.value().length() == 1)
                .count();
        return whole == 1
                && numbers == pass.operands().size() - 1
                && new HashSet<>(read).size() == read.size()
                && read.size() == pass.operands().size() + pass.stages().size() - 1;
    }

    private static boolean pays(Product product, List<Use> uses) {
        double m = product.output().size(0);
        double d = product.output().size(1);
        double h = product.inner();
        boolean byRight = uses.stream().anyMatch(use -> !use.byLeft());
        double direct = 2 * m * h * d * (1 + uses.size());
        double gram = 2 * h * h * (m + d) * (byRight ? 2 : 1);
        return gram < GAIN * direct;
    }

    private Program replaced(Fold norm, Product product, List<Use> uses) {
        Value a = product.left();
        Value b = product.right();
        boolean tb = product.transposeRight();
        long h = product.inner();
        String name = product.output().name();
        Value s = Value.computed(name + "/gram", a.type(), h, h);
        Value as = Value.computed(name + "/through_gram", a.type(), a.size(0), h);
        Value aa = Value.computed(name + "/left_gram", a.type(), h, h);
        List<Instruction> result = new ArrayList<>(program.instructions());
        result.remove(norm);
        result.add(Product.of(b, tb, b, !tb, s));
        result.add(Product.of(a, false, s, false, as));
        result.add(Product.of(a, true, a, false, aa));
        result.add(new Native(new Dot(), List.of(as, a), List.of(norm.output())));
        for (Use use : uses) {
            Value output = use.product().output();
            result.remove(use.product());
            if (use.byLeft()) {
                result.add(scaled(use.scaling(), product.output(), as, output));
            } else {
                Value scaledGram = aa.like(output.name() + "/scaled_gram");
                result.add(scaled(use.scaling(), product.output(), aa, scaledGram));
                result.add(
                        output.size(0) == h && use.product().right() != a
                                ? Product.of(scaledGram, false, b, tb, output)
                                : Product.of(b, !tb, scaledGram, false, output));
            }
        }
        return program.rewritten(result, Map.of());
    }

    /** The same numbers times something else than J. */
    private Pointwise scaled(Pointwise scaling, Value j, Value other, Value output) {
        List<Operand> operands = scaling.operands().stream()
                .map(operand -> source(operand.value()) == j ? new Operand(other, 1) : operand)
                .toList();
        return new Pointwise(operands, scaling.stages(), output);
    }
}
