package org.jacreg.benchmarks.paired;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jacreg.benchmarks.workload.Job;
import org.jacreg.benchmarks.workload.Network;

/**
 * What a paired comparison found.
 *
 * @param date when, ISO 8601
 * @param machine names and values
 * @param contenders for every side what it is, and the difference its check found
 * @param cells one for each network and job
 */
record ComparisonResult(
        String date, Map<String, String> machine, Map<String, Map<String, String>> contenders, List<Cell> cells) {

    /** This result, with those cells of an older one that it does not measure anew. */
    ComparisonResult over(ComparisonResult older) {
        List<Cell> all = new ArrayList<>(cells);
        older.cells.stream()
                .filter(old -> cells.stream().noneMatch(old::isSameJob))
                .forEach(all::add);
        all.sort(Comparator.comparing(Cell::networkMeasured).thenComparing(Cell::jobMeasured));
        return new ComparisonResult(date, machine, merged(older.contenders), all);
    }

    /** What our descriptions say, and what only the older ones do: of sides, and of a side's check. */
    private Map<String, Map<String, String>> merged(Map<String, Map<String, String>> older) {
        Map<String, Map<String, String>> all = new LinkedHashMap<>(older);
        contenders.forEach((side, values) -> {
            Map<String, String> both = new LinkedHashMap<>(older.getOrDefault(side, Map.of()));
            both.putAll(values);
            all.put(side, both);
        });
        return all;
    }

    /**
     * One job on one network.
     *
     * @param network its key
     * @param job its key
     * @param entries ours first
     */
    record Cell(String network, String job, List<Entry> entries) {

        Entry ours() {
            return entries.get(0);
        }

        boolean isSameJob(Cell other) {
            return network.equals(other.network) && job.equals(other.job);
        }

        private Network networkMeasured() {
            return Network.valueOf(network.toUpperCase(Locale.ROOT));
        }

        private Job jobMeasured() {
            return Job.valueOf(job.toUpperCase(Locale.ROOT));
        }

        /** The faster one of the peers; absent if none took part. */
        Optional<Entry> fastestPeer() {
            return entries.stream().skip(1).min(Comparator.comparingDouble(Entry::median));
        }

        /** Our time over a peer's, round by round. */
        List<Double> ratios(Entry peer) {
            int rounds = Math.min(ours().turns.size(), peer.turns.size());
            return IntStream.range(0, rounds)
                    .mapToObj(i ->
                            ours().turns.get(i).median() / peer.turns.get(i).median())
                    .toList();
        }
    }

    /**
     * One contender's turns.
     *
     * @param side its key
     * @param variant the one that took the turns
     * @param turns one for each round
     * @param scouted milliseconds of one turn of every variant, by which the fastest was chosen
     */
    record Entry(String side, String variant, List<Turn> turns, Map<String, Double> scouted) {

        /** Milliseconds: the median over rounds of the median of a turn. */
        double median() {
            return Turn.median(turns.stream().map(Turn::median).toList());
        }

        /** The fastest repetition. */
        double min() {
            return turns.stream()
                    .flatMap(t -> t.ms().stream())
                    .mapToDouble(Double::doubleValue)
                    .min()
                    .orElseThrow();
        }

        /** The slowest repetition. */
        double max() {
            return turns.stream()
                    .flatMap(t -> t.ms().stream())
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
        }

        long disturbed() {
            return turns.stream().filter(Turn::isDisturbed).count();
        }
    }
}
