package org.jacreg.attacks;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jacreg.attacks.threat.Norm;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Attacks one after the other, each on the samples that those before it left unbroken.
 *
 * @param parts at least one, all of the same norm and untargeted
 * @param norm their norm
 * @param name the configuration of the whole, for the result
 * @param seed likewise
 */
record AttackSequence(List<Attack> parts, Norm norm, String name, long seed) {

    AttackResult run(Classifier model, INDArray x, INDArray y, ProgressListener listener) {
        long start = System.nanoTime();
        AttackBatch batch = AttackBatch.of(model, x, y);
        WorstRows worst = new WorstRows(batch.size());
        int[] rows = IntStream.range(0, batch.size()).toArray();
        for (int part = 0; part < parts.size() && rows.length > 0; part++) {
            AttackBatch left = rows.length == batch.size() ? batch : batch.rows(rows);
            worst.add(
                    rows,
                    parts.get(part)
                            .attack(
                                    model,
                                    left.shaped(left.points()),
                                    Nd4j.createFromArray(left.labels()),
                                    new PartListener(listener, part, parts.size())));
            rows = worst.unbroken();
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new AttackResult(
                batch.inputs(worst.best()),
                batch.inputs(worst.first()),
                worst.outcomes(),
                norm,
                false,
                name,
                seed,
                elapsed);
    }

    /** Tells of the whole, every part being a thousand units of it. */
    private static final class PartListener implements ProgressListener {

        private static final long UNITS = 1000;

        private final ProgressListener whole;
        private final int part;
        private final int parts;
        private long told;

        PartListener(ProgressListener whole, int part, int parts) {
            this.whole = whole;
            this.part = part;
            this.parts = parts;
        }

        @Override
        public void progress(long done, long total) {
            long units = Math.min(UNITS, (long) (UNITS * (double) done / total));
            if (units > told) {
                told = units;
                whole.progress(part * UNITS + units, parts * UNITS);
            }
        }

        @Override
        public boolean isCancelled() {
            return whole.isCancelled();
        }
    }
}
