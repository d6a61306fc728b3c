package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.examples.result.Environment;

/**
 * What is known so far.
 *
 * @param format the version of this record's JSON form
 * @param small what it was told, of the small networks and of everything else
 * @param environment what it runs on
 * @param radii certified radii
 * @param attacks what attacks found
 * @param ladder all methods side by side
 */
public record CertificationResult(
        int format,
        Ladder small,
        Environment environment,
        List<RadiiRun> radii,
        List<AttackRun> attacks,
        List<LadderRun> ladder) {

    /** The version of the JSON form that this class reads and writes. */
    public static final int FORMAT = 3;

    /** The norms, in the order in which they are shown. */
    static final List<BallNorm> NORMS = List.of(BallNorm.LINF, BallNorm.L2, BallNorm.L1);

    /** Copies and sorts. */
    public CertificationResult {
        List<RadiiRun> sorted = new ArrayList<>(radii);
        sorted.sort(Comparator.comparing(RadiiRun::way).thenComparingInt(RadiiRun::from));
        radii = List.copyOf(sorted);
        List<AttackRun> sortedAttacks = new ArrayList<>(attacks);
        sortedAttacks.sort(Comparator.comparing(AttackRun::way)
                .thenComparing(AttackRun::norm, Comparator.reverseOrder())
                .thenComparingInt(AttackRun::from));
        attacks = List.copyOf(sortedAttacks);
        List<LadderRun> sortedLadder = new ArrayList<>(ladder);
        sortedLadder.sort(Comparator.comparing(LadderRun::way));
        ladder = List.copyOf(sortedLadder);
    }

    /**
     * What it was told, but of the small networks.
     *
     * @return the settings
     */
    public CertificationSettings settings() {
        return small.settings();
    }

    /**
     * The radii of one kind on one network.
     *
     * @param way how the network was trained
     * @param kind how they were computed
     * @return the radii that there are, by digit; -1 where nothing is certified
     */
    public double[] radii(Way way, RadiusKind kind) {
        return radii.stream()
                .filter(run -> run.way() == way)
                .flatMap(run -> run.radii().getOrDefault(kind.name(), List.of()).stream())
                .mapToDouble(r -> r)
                .toArray();
    }

    /**
     * The distances of the nearest errors on one network.
     *
     * @param way how the network was trained
     * @param norm of the attacks
     * @return one for every digit from the first on, as far as they were attacked without a gap
     */
    public double[] nearest(Way way, BallNorm norm) {
        List<Double> distances = new ArrayList<>();
        for (AttackRun run : attacks) {
            if (run.way() == way && run.norm() == norm && run.from() == distances.size()) {
                distances.addAll(run.nearest());
            }
        }
        return distances.stream().mapToDouble(d -> d).toArray();
    }

    /**
     * The radii of one kind on one network, for those digits that all kinds have.
     *
     * @param way how the network was trained
     * @param kind how they were computed
     * @return radii by digit; -1 where nothing is certified
     */
    public double[] fewRadii(Way way, RadiusKind kind) {
        return radii.stream()
                .filter(run -> run.way() == way)
                .flatMap(run -> run.radii().getOrDefault(kind.name(), List.of()).stream()
                        .limit(settings().few()))
                .mapToDouble(r -> r)
                .toArray();
    }

    /**
     * Whether any attack contradicts any certificate.
     *
     * @return true if there is a violation
     */
    public boolean contradicted() {
        return attacks.stream().anyMatch(run -> !run.violations().isEmpty())
                || ladder.stream().anyMatch(run -> !run.violations().isEmpty());
    }
}
