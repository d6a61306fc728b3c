package org.jacreg.examples.certification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackResult;
import org.jacreg.bounds.certify.BallNorm;
import org.jacreg.bounds.certify.Certificate;
import org.jacreg.bounds.certify.Certified;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.certification.Violation.Kind;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Holds what is claimed of one network around some samples, and judges points against all of it, in every norm.
 *
 * <p>A point contradicts a claim if it lies in the claim's ball and in the classifier's box, both decided exactly for the numbers the model
 * was given, and the logits that the model itself computes there are no longer what was claimed: a margin is below its bound, a tie
 * where a class was to win, a loss above its bound. Whatever attack a point comes from, only the point counts.
 *
 * <p>Not safe for use by several threads.
 */
public final class CertificateCheck {

    /** Halvings of the way from a sample to an error. */
    private static final int PULLS = 12;

    /** Of our own formula for the cross-entropy. */
    private static final double LOSS_ROUNDING = 1e-14;

    private final String network;
    private final Classifier model;
    private final INDArray x;
    private final double[][] rows;
    private final int[] labels;
    private final List<List<Claim>> claims = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Map<BallNorm, double[]> nearest = new EnumMap<>(BallNorm.class);
    private final Map<String, Integer> judged = new TreeMap<>();

    /**
     * Starts without claims.
     *
     * @param network a name for the reports
     * @param model what is attacked
     * @param x {@code [N, *inputShape]}, in the model's box; rounded to the model's type; not modified
     * @param labels the classes that are to win; not modified
     */
    public CertificateCheck(String network, Classifier model, INDArray x, int[] labels) {
        this.network = network;
        this.model = model;
        this.x = x.castTo(model.dataType()).dup('c');
        this.rows = rows(this.x);
        this.labels = labels.clone();
        for (int n = 0; n < rows.length; n++) {
            claims.add(new ArrayList<>());
        }
        for (BallNorm norm : BallNorm.values()) {
            double[] far = new double[rows.length];
            Arrays.fill(far, Double.POSITIVE_INFINITY);
            nearest.put(norm, far);
        }
    }

    /**
     * The samples as the model sees them.
     *
     * @return one a row, flattened, rounded to the model's type; to be left as they are
     */
    public double[][] samples() {
        return rows;
    }

    int inputs() {
        return rows[0].length;
    }

    int classes() {
        return model.classes();
    }

    /**
     * Adds a claim.
     *
     * @param claim about one of the samples
     */
    public void claim(Claim claim) {
        claims.get(claim.sample()).add(claim);
    }

    /**
     * Adds what certificates claim.
     *
     * @param certificates one for every sample; those without a proof claim nothing
     * @param slack see {@link Claim#slack}
     */
    public void claim(List<? extends Certificate> certificates, double slack) {
        for (int n = 0; n < certificates.size(); n++) {
            if (certificates.get(n) instanceof Certified certified) {
                claim(Claim.of(n, model.classes(), certified, slack));
            }
        }
    }

    /** Judges the samples themselves: the margin at the centre belongs to every ball. */
    public void judgeSamples() {
        judge(IntStream.range(0, rows.length).toArray(), x, "none");
    }

    /**
     * Judges one point.
     *
     * @param sample around which it lies
     * @param point flattened; rounded to the model's type
     * @param source where it comes from
     */
    public void judge(int sample, double[] point, String source) {
        long[] shape = x.shape().clone();
        shape[0] = 1;
        INDArray array = Nd4j.createFromArray(point).castTo(model.dataType()).reshape('c', shape);
        judge(new int[] {sample}, array, source);
    }

    /**
     * Runs an attack in balls of the largest radii claimed. Samples whose radii differ by little share a ball, of the smallest of them.
     *
     * @param name of the attack
     * @param norm of the ball
     * @param spread the largest ratio of radii that share a ball, at least 1; 1 for samples one by one
     * @param attackAt makes the attack for a radius
     */
    public void attack(String name, BallNorm norm, double spread, DoubleFunction<? extends Attack> attackAt) {
        int[] order = IntStream.range(0, rows.length)
                .filter(n -> largestRadius(n, norm) > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(n -> largestRadius(n, norm)))
                .mapToInt(n -> n)
                .toArray();
        int from = 0;
        while (from < order.length) {
            double radius = largestRadius(order[from], norm);
            int to = from + 1;
            while (spread > 1 && to < order.length && largestRadius(order[to], norm) <= spread * radius) {
                to++;
            }
            int[] group = Arrays.copyOfRange(order, from, to);
            INDArray found = run(name, group, attackAt.apply(radius));
            judge(group, inside(found, group, norm, radius), name);
            from = to;
        }
    }

    /**
     * Runs an attack in balls of one radius on those samples that have no error within it yet.
     *
     * @param name of the attack
     * @param norm of the ball
     * @param radius of the ball
     * @param attack the attack
     */
    public void attackAt(String name, BallNorm norm, double radius, Attack attack) {
        double[] distances = nearestErrors(norm);
        int[] left = IntStream.range(0, rows.length)
                .filter(n -> distances[n] > radius)
                .toArray();
        if (left.length > 0) {
            INDArray found = run(name, left, attack);
            judge(left, inside(found, left, norm, radius), name);
        }
    }

    /** The same points, those moved that rounding has put beside the ball. */
    private INDArray inside(INDArray points, int[] group, BallNorm norm, double radius) {
        boolean single = model.dataType() == DataType.FLOAT;
        double[][] moved = rows(points);
        for (int i = 0; i < group.length; i++) {
            Distances.pull(moved[i], rows[group[i]], norm, radius, single);
        }
        return Nd4j.createFromArray(moved).castTo(model.dataType()).reshape('c', points.shape());
    }

    /**
     * Runs an attack that is given no ball, on all samples together. Errors are then drawn towards their samples by bisection.
     *
     * @param name of the attack
     * @param attack the attack
     */
    public void attack(String name, Attack attack) {
        int[] all = IntStream.range(0, rows.length).toArray();
        INDArray found = run(name, all, attack);
        INDArray far = found.dup('c');
        INDArray near = x.dup('c');
        for (int pull = 0; pull < PULLS; pull++) {
            INDArray middle = near.add(far).muli(0.5);
            boolean[] wrong = judge(all, middle, name);
            for (int n : all) {
                (wrong[n] ? far : near).putSlice(n, middle.slice(n));
            }
        }
    }

    private INDArray run(String name, int[] group, Attack attack) {
        INDArray batch = Nd4j.create(model.dataType(), shape(group.length));
        int[] own = new int[group.length];
        for (int i = 0; i < group.length; i++) {
            batch.putSlice(i, x.slice(group[i]));
            own[i] = labels[group[i]];
        }
        AttackResult result = attack.attack(model, batch, Nd4j.createFromArray(own));
        judge(group, result.adversarial(), name);
        judge(group, result.firstAdversarial(), name);
        judged.merge(name, group.length, Integer::sum);
        return result.adversarial();
    }

    private long[] shape(int count) {
        long[] shape = x.shape().clone();
        shape[0] = count;
        return shape;
    }

    /** Which of some points are errors; notes what they contradict. */
    private boolean[] judge(int[] samples, INDArray points, String source) {
        double[][] at = rows(points);
        double[][] logits = rows(model.logits(points));
        boolean[] wrong = new boolean[samples.length];
        for (int i = 0; i < samples.length; i++) {
            int n = samples[i];
            boolean meaningful = Arrays.stream(at[i]).allMatch(model.box()::contains);
            wrong[i] = meaningful && !(Logits.margin(logits[i], labels[n]) > 0);
            double[] point = at[i];
            if (wrong[i]) {
                nearest.forEach(
                        (norm, least) -> least[n] = Math.min(least[n], Distances.distance(norm, point, rows[n])));
            }
            for (Claim claim : claims.get(n)) {
                if (meaningful && Distances.within(claim.norm(), point, rows[n], claim.radius())) {
                    confront(claim, logits[i], Distances.distance(claim.norm(), point, rows[n]), source);
                }
            }
        }
        return wrong;
    }

    private void confront(Claim claim, double[] z, double distance, String source) {
        double slack = claim.slack() * (1 + Logits.largest(z));
        for (int j = 0; j < z.length; j++) {
            double margin = z[claim.label()] - z[j];
            if (j != claim.label() && !(margin >= claim.margins().get(j) - slack)) {
                note(
                        claim,
                        margin > 0 ? Kind.MARGIN : Kind.DECISION,
                        claim.margins().get(j),
                        margin,
                        distance,
                        source);
            }
        }
        double loss = Logits.crossEntropy(z, claim.label());
        if (!(loss <= claim.loss() + slack + LOSS_ROUNDING * (1 + Math.abs(loss)))) {
            note(claim, Kind.LOSS, claim.loss(), loss, distance, source);
        }
    }

    private void note(Claim claim, Kind kind, double claimed, double found, double distance, String source) {
        violations.add(new Violation(
                network,
                claim.sample(),
                claim.label(),
                claim.method(),
                claim.norm(),
                claim.radius(),
                source,
                distance,
                kind,
                claimed,
                found));
    }

    private double largestRadius(int sample, BallNorm norm) {
        return claims.get(sample).stream()
                .filter(claim -> claim.norm() == norm)
                .mapToDouble(Claim::radius)
                .max()
                .orElse(-1);
    }

    /**
     * What contradicts a claim.
     *
     * @return all of it, in the order in which it was found
     */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /**
     * The distances of the nearest errors that were judged.
     *
     * @param norm to measure in
     * @return one for every sample, infinity where no error was found; a fresh array
     */
    public double[] nearestErrors(BallNorm norm) {
        return nearest.getOrDefault(norm, new double[0]).clone();
    }

    /**
     * How many samples each attack was run on.
     *
     * @return counts by name, a ball and a sample counting once
     */
    public Map<String, Integer> attacked() {
        return Map.copyOf(judged);
    }

    private static double[][] rows(INDArray array) {
        return array.castTo(DataType.DOUBLE)
                .reshape('c', array.size(0), array.length() / array.size(0))
                .toDoubleMatrix();
    }
}
