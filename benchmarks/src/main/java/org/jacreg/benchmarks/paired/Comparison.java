package org.jacreg.benchmarks.paired;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacreg.benchmarks.paired.ComparisonResult.Cell;
import org.jacreg.benchmarks.paired.ComparisonResult.Entry;
import org.jacreg.benchmarks.protocol.Variant;

/** Lets sides take turns at one job after the other. */
final class Comparison {

    private final List<Side> sides;
    private final Lengths lengths;

    /**
     * A comparison.
     *
     * @param sides ours first
     */
    Comparison(List<Side> sides, Lengths lengths) {
        this.sides = List.copyOf(sides);
        this.lengths = lengths;
    }

    /**
     * How long things take.
     *
     * @param rounds turns of every side at every job
     * @param turnSeconds about how long a turn is
     * @param warmSeconds how long a variant runs before its first turn
     */
    record Lengths(int rounds, double turnSeconds, double warmSeconds) {}

    /** One side at one job. */
    private record Lane(Side side, Variant variant, int count, List<Turn> turns, Map<String, Double> scouted) {}

    Cell cell(String network, String job) throws IOException {
        List<Lane> lanes = new ArrayList<>();
        for (Side side : sides) {
            if (!side.variants(network, job).isEmpty()) {
                lanes.add(scout(side, side.variants(network, job)));
            }
        }
        List<Lane> order = new ArrayList<>(lanes);
        for (int round = 0; round < lengths.rounds; round++) {
            for (Lane lane : order) {
                lane.turns.add(lane.side.turn(lane.variant, lane.count));
            }
            Collections.reverse(order); // Nobody always comes after the same one.
        }
        List<Entry> entries = lanes.stream()
                .map(lane -> new Entry(lane.side.key(), lane.variant.name(), lane.turns, lane.scouted))
                .toList();
        return new Cell(network, job, entries);
    }

    /** The fastest variant of a side; of ours, always the library. */
    private Lane scout(Side side, List<Variant> variants) throws IOException {
        List<Scouted> all = new ArrayList<>();
        Map<String, Double> medians = new LinkedHashMap<>();
        for (Variant variant : variants) {
            int count = side.warm(variant, lengths.warmSeconds, lengths.turnSeconds);
            double median = side.turn(variant, count).median();
            all.add(new Scouted(variant, count, median));
            medians.put(variant.name(), median);
        }
        Scouted best = all.stream()
                .filter(scouted -> scouted.variant.name().equals(OurContender.LIBRARY))
                .findFirst()
                .or(() -> all.stream().min(Comparator.comparingDouble(Scouted::median)))
                .orElseThrow();
        return new Lane(side, best.variant, best.count, new ArrayList<>(), medians);
    }

    private record Scouted(Variant variant, int count, double median) {}
}
