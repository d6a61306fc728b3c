package org.jacreg.attacks;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jacreg.classifier.Classifier;
import org.jacreg.classifier.LogitsGradient;
import org.jacreg.runtime.QuietOps;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Answers an attack's questions about the model, sample by sample, and keeps the books: every point asked about is offered to the
 * findings, every question is counted, and a cancelled or interrupted attack ends at its next question.
 *
 * <p>Points are Java rows, {@code points[i]} one of sample {@code rows[i]}; they are rounded to the model's type in place and then
 * evaluated, so that what is judged is what is returned. Batches are cut and filled up to a few sizes, because a model is compiled
 * for every size it meets: to leave samples out that are done is cheap.
 */
final class Oracle {

    /** Batches that the model is asked with. */
    private static final int[] SIZES = {1, 4, 16, 64, 128};

    private final Classifier model;
    private final AttackBatch batch;
    private final double[][] inputs;
    private final double[][] cleanLogits;
    private final Findings findings;
    private final ProgressListener listener;
    private final long start = System.nanoTime();
    private final boolean rounded;
    private long told;

    private Oracle(Classifier model, AttackBatch batch, double[][] inputs, Search search, ProgressListener listener) {
        this.model = model;
        this.batch = batch;
        this.inputs = inputs;
        this.cleanLogits = new double[inputs.length][];
        this.findings = new Findings(batch, search, inputs);
        this.listener = listener;
        this.rounded = model.dataType() != DataType.DOUBLE;
    }

    /**
     * Checks the arguments of an attack and evaluates the inputs themselves.
     *
     * @throws IllegalArgumentException as {@link Attack#attack}
     */
    static Oracle of(Classifier model, INDArray x, INDArray y, Search search, ProgressListener listener) {
        AttackBatch batch = QuietOps.call(() -> AttackBatch.of(model, x, y));
        double[] values = batch.points().data().asDouble();
        int entries = values.length / batch.size();
        double[][] inputs = new double[batch.size()][];
        Arrays.setAll(inputs, n -> Arrays.copyOfRange(values, n * entries, (n + 1) * entries));
        for (int n = 0; n < inputs.length; n++) {
            requireInBox(model, inputs[n], n);
        }
        Oracle oracle = new Oracle(model, batch, inputs, search, listener);
        double[][] clean = oracle.logits(oracle.all(), oracle.copies(oracle.all()));
        System.arraycopy(clean, 0, oracle.cleanLogits, 0, clean.length);
        return oracle;
    }

    private static void requireInBox(Classifier model, double[] row, int sample) {
        double lower = model.dataType() == DataType.DOUBLE
                ? model.box().lower()
                : (float) model.box().lower();
        double upper = model.dataType() == DataType.DOUBLE
                ? model.box().upper()
                : (float) model.box().upper();
        for (int j = 0; j < row.length; j++) {
            if (!(row[j] >= lower && row[j] <= upper && Double.isFinite(row[j]))) {
                throw new IllegalArgumentException("input: sample " + sample + " has " + row[j] + " at entry " + j
                        + ", expected a finite value in [" + lower + ", " + upper
                        + "]; scale the input, or give the classifier the box it is meant for");
            }
        }
    }

    int size() {
        return inputs.length;
    }

    int entries() {
        return inputs[0].length;
    }

    int classes() {
        return model.classes();
    }

    Classifier model() {
        return model;
    }

    AttackBatch batch() {
        return batch;
    }

    /** The class given for a sample: the true one, or the target. */
    int label(int row) {
        return batch.labels()[row];
    }

    /** A sample's values; not to be modified. */
    double[] input(int row) {
        return inputs[row];
    }

    /** The logits at a sample itself; not to be modified. */
    double[] cleanLogits(int row) {
        return cleanLogits[row];
    }

    Findings findings() {
        return findings;
    }

    /** The rows of the samples whose inputs are no success by themselves: all that a search for the nearest success has to look at. */
    int[] missed() {
        return IntStream.range(0, inputs.length)
                .filter(row -> !findings.isHitFromTheStart(row))
                .toArray();
    }

    /** The rows of all samples. */
    int[] all() {
        return IntStream.range(0, inputs.length).toArray();
    }

    /** The rows of the samples without a success so far. */
    int[] unbroken() {
        return IntStream.range(0, inputs.length)
                .filter(row -> !findings.isBroken(row))
                .toArray();
    }

    /** Copies of some samples' values, to start from. */
    double[][] copies(int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> inputs[row].clone()).toArray(double[][]::new);
    }

    /** Tells the listener how far the attack has come, unless it was told of as much before. */
    void progress(long done, long total) {
        if (done > told) {
            told = done;
            listener.progress(done, total);
        }
    }

    /**
     * Evaluates points.
     *
     * @return {@code C} logits of every point
     * @throws ArithmeticException if logits are not finite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     */
    double[][] logits(int[] rows, double[][] points) {
        double[][] result = probe(rows, points);
        for (int i = 0; i < rows.length; i++) {
            offer(rows[i], points[i], result[i]);
        }
        return result;
    }

    /**
     * Evaluates points that may lie outside ball and box and are no candidates for the result; counted like all others.
     *
     * @return {@code C} logits of every point
     * @throws ArithmeticException if logits are not finite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     */
    double[][] probe(int[] rows, double[][] points) {
        double[][] result = evaluated(rows, points);
        for (int i = 0; i < rows.length; i++) {
            requireFinite("logits", result[i], rows[i]);
        }
        return result;
    }

    /**
     * Evaluates points that may lie so far out that the model's numbers overflow.
     *
     * @return {@code C} logits of every point, none where they are not finite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     */
    double[][] logitsFarOut(int[] rows, double[][] points) {
        double[][] result = evaluated(rows, points);
        for (int i = 0; i < rows.length; i++) {
            if (Arrays.stream(result[i]).allMatch(Double::isFinite)) {
                offer(rows[i], points[i], result[i]);
            } else {
                result[i] = new double[0];
            }
        }
        return result;
    }

    private double[][] evaluated(int[] rows, double[][] points) {
        double[][] result = new double[rows.length][];
        for (int from = 0; from < rows.length; from += SIZES[SIZES.length - 1]) {
            int to = Math.min(rows.length, from + SIZES[SIZES.length - 1]);
            double[][] filled = filled(points, from, to);
            double[][] logits = QuietOps.call(() -> rows(model.logits(batch.inputs(filled))));
            for (int i = from; i < to; i++) {
                result[i] = logits[i - from];
                findings.tally(rows[i]).forwards++;
            }
        }
        return result;
    }

    /**
     * Evaluates a function of the logits, which is to be raised, with its gradient by the input.
     *
     * @throws ArithmeticException if logits or gradients are not finite
     * @throws CancellationException if the listener cancels or the thread is interrupted
     */
    Gradients gradients(int[] rows, double[][] points, LogitLoss loss) {
        return gradientsOf(rows, points, (i, logits, cotangent) -> loss.at(rows[i], logits, cotangent));
    }

    /**
     * The same with a function of its own for every point, for the gradients of several logits at one point: it stands in {@code points}
     * several times.
     *
     * @param loss as in {@link LogitLoss}, with the place among {@code points} instead of the sample's row
     */
    Gradients gradientsOf(int[] rows, double[][] points, LogitLoss loss) {
        Gradients result = new Gradients(new double[rows.length], new double[rows.length][], new double[rows.length][]);
        for (int from = 0; from < rows.length; from += SIZES[SIZES.length - 1]) {
            gradients(rows, points, loss, from, Math.min(rows.length, from + SIZES[SIZES.length - 1]), result);
        }
        return result;
    }

    private void gradients(int[] rows, double[][] points, LogitLoss loss, int from, int to, Gradients result) {
        double[][] filled = filled(points, from, to);
        LogitsGradient answer = model.logitsAndVjp(
                batch.inputs(filled),
                z -> QuietOps.call(() -> {
                    double[][] logits = rows(z);
                    double[][] cotangents = new double[filled.length][classes()];
                    for (int i = from; i < to; i++) {
                        result.logits()[i] = logits[i - from];
                        requireFinite("logits", logits[i - from], rows[i]);
                        result.values()[i] = loss.at(i, logits[i - from], cotangents[i - from]);
                    }
                    return Nd4j.createFromArray(cotangents).castTo(z.dataType());
                }));
        double[] flat = QuietOps.call(() -> answer.gradient().dup('c').data().asDouble());
        int entries = entries();
        for (int i = from; i < to; i++) {
            double[] gradient = Arrays.copyOfRange(flat, (i - from) * entries, (i - from + 1) * entries);
            requireFinite("gradients", gradient, rows[i]);
            result.inputs()[i] = gradient;
            Tally tally = findings.tally(rows[i]);
            tally.gradients++;
            tally.zeroGradients += isZero(gradient) ? 1 : 0;
            offer(rows[i], points[i], result.logits()[i]);
        }
    }

    /** The rows of {@code [N, C]}, all read at once: {@code toDoubleMatrix} makes two arrays for every row. */
    private static double[][] rows(INDArray matrix) {
        double[] values = matrix.dup('c').data().asDouble();
        int columns = (int) matrix.size(1);
        double[][] rows = new double[(int) matrix.size(0)][];
        Arrays.setAll(rows, n -> Arrays.copyOfRange(values, n * columns, (n + 1) * columns));
        return rows;
    }

    /** The points from {@code from} to {@code to}, rounded in place, the last one repeated up to the next size of a batch. */
    private double[][] filled(double[][] points, int from, int to) {
        if (listener.isCancelled() || Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the attack was cancelled or its thread interrupted");
        }
        int size = Arrays.stream(SIZES).filter(s -> s >= to - from).findFirst().orElseThrow();
        double[][] filled = new double[size][];
        for (int i = 0; i < size; i++) {
            filled[i] = points[Math.min(from + i, to - 1)];
        }
        if (rounded) {
            for (int i = from; i < to; i++) {
                for (int j = 0; j < points[i].length; j++) {
                    points[i][j] = (float) points[i][j];
                }
            }
        }
        return filled;
    }

    /** Whether logits of a point of a sample make it a success. */
    boolean isHit(int row, double[] logits) {
        return findings.isHit(row, prediction(logits));
    }

    /** The class of the greatest logit; the first wins a tie. */
    static int prediction(double[] logits) {
        int top = 0;
        for (int c = 1; c < logits.length; c++) {
            top = logits[c] > logits[top] ? c : top;
        }
        return top;
    }

    private void offer(int row, double[] point, double[] logits) {
        findings.offer(row, point, LogitMargin.crossEntropy(logits, label(row)), prediction(logits));
    }

    private static void requireFinite(String what, double[] values, int row) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw NotFinite.of(what, new int[] {row});
            }
        }
    }

    private static boolean isZero(double[] values) {
        for (double value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** What was found so far, with the time since the attack began. */
    AttackResult result(String attack, long seed) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return QuietOps.call(() -> findings.result(attack, seed, elapsed));
    }
}
