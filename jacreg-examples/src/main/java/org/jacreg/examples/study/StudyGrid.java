package org.jacreg.examples.study;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.examples.result.Checks;
import org.jacreg.examples.result.ModelKind;

/**
 * Which networks a study trains: every strength of every way, with every number of digits, from every seed.
 *
 * @param strengths by the way of training: {@link ModelKind#PLAIN} has 0 alone, {@link ModelKind#FROBENIUS} and {@link
 *     ModelKind#L11} the penalty's lambda, {@link ModelKind#PGD_AT} the l_inf radius
 * @param sizes numbers of training digits, increasing
 * @param seeds of the digits, the initial weights, the batches and the attacks
 */
public record StudyGrid(Map<ModelKind, List<Double>> strengths, List<Integer> sizes, List<Long> seeds) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if a value is out of range, or another way of training is among the strengths
     */
    public StudyGrid {
        strengths = Collections.unmodifiableMap(new LinkedHashMap<>(strengths));
        strengths.forEach((kind, values) -> {
            switch (kind) {
                case PLAIN -> values.forEach(value -> Checks.notNegative("strength of plain", value));
                case FROBENIUS, L11, PGD_AT -> Checks.increasing("strengths of " + kind.label(), values);
                default ->
                    throw new IllegalArgumentException(
                            "methods: expected plain, frobenius, l11 or pgd-at, got " + kind.label());
            }
        });
        sizes = List.copyOf(sizes);
        Checks.increasing("sizes", sizes.stream().map(Integer::doubleValue).toList());
        seeds = List.copyOf(seeds);
        Checks.notEmpty("seeds", seeds);
    }

    /**
     * What a study trains where nothing else is said.
     *
     * @param quick whether to show only that everything runs
     * @return the grid
     */
    public static StudyGrid of(boolean quick) {
        Map<ModelKind, List<Double>> strengths = new LinkedHashMap<>();
        strengths.put(ModelKind.PLAIN, List.of(0.0));
        strengths.put(ModelKind.FROBENIUS, quick ? List.of(0.01, 0.1) : List.of(0.01, 0.1, 0.3, 1.0));
        strengths.put(ModelKind.L11, quick ? List.of(0.01) : List.of(0.0003, 0.001, 0.003));
        strengths.put(ModelKind.PGD_AT, quick ? List.of(0.1) : List.of(0.025, 0.05, 0.1));
        return new StudyGrid(
                strengths,
                quick ? List.of(100, 200) : List.of(1_000, 5_000, 20_000),
                quick ? List.of(1L) : List.of(1L, 2L));
    }

    /** The cells, the smallest number of digits first, so that a study that was interrupted has whole grids. */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (long seed : seeds) {
            for (int size : sizes) {
                strengths.forEach(
                        (kind, values) -> values.forEach(value -> cells.add(new Cell(kind, value, size, seed))));
            }
        }
        return cells;
    }

    /**
     * One network of the grid.
     *
     * @param kind how it is trained
     * @param strength of that
     * @param size training digits
     * @param seed of everything random
     */
    public record Cell(ModelKind kind, double strength, int size, long seed) {

        String fileName() {
            return kind.label() + "-" + strength + "-" + size + "-" + seed;
        }
    }
}
