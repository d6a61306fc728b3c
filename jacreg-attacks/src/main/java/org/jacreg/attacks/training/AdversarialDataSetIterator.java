package org.jacreg.attacks.training;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongFunction;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.objective.InnerAttack;
import org.jacreg.classifier.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Replaces the features of every batch by adversarial examples against the current weights of a classifier.
 *
 * <p>With a classifier over the graph in training, {@code sd.fit(iterator, epochs)} minimises {@code E max_d
 * loss(f(x + d), y)} with the attack in place of the maximum: adversarial training of Madry et al., "Towards deep learning
 * models resistant to adversarial attacks", ICLR 2018, arXiv 1706.06083.
 *
 * <pre>{@code
 * DataSetIterator train = AdversarialDataSetIterator.of(
 *         clean, model, seed -> Pgd.linf(0.1).steps(10).seed(seed).build(), 1);
 * sd.fit(train, 5);
 * }</pre>
 *
 * <p>The attack runs when a batch is asked for, on the thread that asks, so that it meets the weights of that moment;
 * therefore {@link #asyncSupported()} is false. The seed given to the attack is a function of this iterator's seed, the
 * number of {@link #reset()} calls and the number of batches since the last one: fresh for every batch, and the same again
 * for a new iterator over the same data. Labels, masks and example metadata are those of the wrapped iterator, whose arrays
 * are not modified.
 *
 * <p>A preprocessor is applied before the attack: epsilon and the classifier's box are then in preprocessed units. To
 * attack in pixel units, leave the data alone and give the normalisation to the classifier. Not serializable, though the
 * interface says so.
 */
public final class AdversarialDataSetIterator implements DataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient DataSetIterator clean;
    private final transient Classifier model;
    private final transient SeededAttack attack;
    private final long seed;
    private long epoch;
    private long batch;

    /** Makes adversarial examples of a batch. */
    @FunctionalInterface
    private interface SeededAttack {
        INDArray adversarial(long seed, Classifier model, INDArray x, INDArray y);
    }

    private AdversarialDataSetIterator(DataSetIterator clean, Classifier model, SeededAttack attack, long seed) {
        this.clean = clean;
        this.model = model;
        this.attack = attack;
        this.seed = seed;
    }

    /**
     * Wraps an iterator.
     *
     * @param clean clean features {@code [N, *inputShape]} and one-hot or sparse labels; advanced and reset by this one
     * @param model the classifier to attack; read at every batch, not modified
     * @param attackForSeed makes the untargeted attack for a seed; an attack without randomness may ignore the seed
     * @param seed any number
     * @return the wrapping iterator
     */
    public static AdversarialDataSetIterator of(
            DataSetIterator clean, Classifier model, LongFunction<? extends Attack> attackForSeed, long seed) {
        return new AdversarialDataSetIterator(
                clean,
                model,
                (batchSeed, classifier, x, y) ->
                        attackForSeed.apply(batchSeed).attack(classifier, x, y).adversarial(),
                seed);
    }

    /**
     * Wraps an iterator with the attack of the objectives of robust training, which may climb a divergence from the clean
     * prediction and gives its last point rather than its best one.
     *
     * @param clean clean features {@code [N, *inputShape]} and labels; advanced and reset by this one
     * @param model the classifier to attack, whose box bounds the features; read at every batch, not modified
     * @param attack the settings, with the seed of the draws
     * @return the wrapping iterator
     */
    public static AdversarialDataSetIterator of(DataSetIterator clean, Classifier model, InnerAttack attack) {
        return new AdversarialDataSetIterator(
                clean,
                model,
                (batchSeed, classifier, x, y) -> attack.attack(classifier, x, y, batchSeed),
                attack.seed());
    }

    @Override
    public DataSet next() {
        if (!clean.hasNext()) {
            throw new NoSuchElementException("the wrapped iterator has no more batches; call reset()");
        }
        return attacked(clean.next());
    }

    @Override
    public DataSet next(int num) {
        return attacked(clean.next(num));
    }

    private DataSet attacked(DataSet data) {
        INDArray adversarial = attack.adversarial(batchSeed(), model, data.getFeatures(), data.getLabels());
        batch++;
        INDArray features = adversarial.castTo(data.getFeatures().dataType());
        DataSet result =
                new DataSet(features, data.getLabels(), data.getFeaturesMaskArray(), data.getLabelsMaskArray());
        result.setExampleMetaData(data.getExampleMetaData());
        return result;
    }

    private long batchSeed() {
        return mix(mix(mix(seed) + epoch) + batch);
    }

    /** Adds a constant and scatters: the step of the SplitMix64 generator, one to one on 64 bits. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public boolean hasNext() {
        return clean.hasNext();
    }

    @Override
    public void reset() {
        clean.reset();
        epoch++;
        batch = 0;
    }

    @Override
    public boolean resetSupported() {
        return clean.resetSupported();
    }

    /**
     * Whether batches may be prefetched on another thread.
     *
     * @return false: a batch prefetched would be made against weights of the past
     */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public int inputColumns() {
        return clean.inputColumns();
    }

    @Override
    public int totalOutcomes() {
        return clean.totalOutcomes();
    }

    @Override
    public int batch() {
        return clean.batch();
    }

    /**
     * Sets the preprocessor of the wrapped iterator, which is applied before the attack.
     *
     * @param preProcessor the preprocessor
     */
    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        clean.setPreProcessor(preProcessor);
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return clean.getPreProcessor();
    }

    @Override
    public List<String> getLabels() {
        return clean.getLabels();
    }

    private void writeObject(ObjectOutputStream stream) throws IOException {
        throw new NotSerializableException(AdversarialDataSetIterator.class.getName());
    }
}
