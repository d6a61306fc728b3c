package org.jacreg.classifier;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A differentiable classifier {@code f: [N, *inputShape] -> [N, C]} in input units.
 *
 * <p>Inputs are what a user would show the model (pixels in {@link #box()}, say); normalisation belongs to the model, so
 * that an attack's epsilon is always in input units. Outputs are <em>logits</em>, not probabilities.
 *
 * <p>Every call leaves its arguments as they were and returns fresh arrays. The classifier over a SameDiff graph may be called
 * from several threads, as long as nobody trains the graph meanwhile; it takes the calls one after the other. Implementations are pure functions of their
 * argument and of the current weights: no dropout, no random state.
 */
public interface Classifier {

    /**
     * Starts building a classifier over a SameDiff graph.
     *
     * @param sd the graph; not modified, neither now nor by any call on the classifier. The classifier reads its weights
     *     at every call, so training the graph further changes what the classifier answers.
     * @return a builder with the input box set to the whole space
     */
    static ClassifierBuilder of(SameDiff sd) {
        return new ClassifierBuilder(sd);
    }

    /**
     * The number of classes.
     *
     * @return {@code C}, at least 1
     */
    int classes();

    /**
     * The shape of one input.
     *
     * @return the input's shape without the batch axis, a fresh array
     */
    long[] inputShape();

    /**
     * The floating-point type in which the model computes.
     *
     * @return {@code FLOAT} or {@code DOUBLE}
     */
    DataType dataType();

    /**
     * The inputs that are meaningful.
     *
     * @return the box, in input units
     */
    InputBox box();

    /**
     * What the model is known by again: a hash of its ops and its present weights.
     *
     * @return for a classifier over a SameDiff graph the SHA-256 of {@link org.jacreg.graph.GraphFingerprint} together with its
     *     normalisation; unless overridden, nothing
     */
    default Optional<String> fingerprint() {
        return Optional.empty();
    }

    /**
     * Evaluates the model.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @return logits {@code [N, C]}, a fresh array
     * @throws IllegalArgumentException if {@code x} has another shape, or holds NaN or an infinity
     */
    INDArray logits(INDArray x);

    /**
     * The vector-Jacobian product {@code v_n^T J(x_n)} for every sample {@code n}, {@code J} the Jacobian of the logits.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param cotangent {@code [N, C]}; not modified
     * @return {@code [N, *inputShape]}, a fresh array, in input units (normalisation included)
     * @throws IllegalArgumentException if a shape is wrong, or a value is NaN or infinite
     */
    INDArray vjp(INDArray x, INDArray cotangent);

    /**
     * Cross-entropy of every sample with its gradient with respect to the input, in one forward and one backward sweep.
     *
     * <p>{@code loss_n = logsumexp(z_n) - z_n[label_n]}, {@code gradient_n = J_n^T (softmax(z_n) - e_label_n)}. Samples
     * do not mix: the gradient is that of the sum over the batch.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param labels {@code N} class indices in {@code [0, C)}; not modified
     * @return loss, logits and gradient, fresh arrays
     * @throws IllegalArgumentException if a shape is wrong, a label is no class, or an input is NaN or infinite
     */
    LossGradient crossEntropyGradient(INDArray x, int[] labels);

    /**
     * Evaluates the model and pulls cotangents back that are chosen in view of the logits: the gradient of any function of the logits.
     *
     * @param x {@code [N, *inputShape]}; not modified
     * @param cotangents called once, with logits {@code [N, C]} that it must neither modify nor keep; gives {@code [N, C]}, which is
     *     not modified
     * @return logits and {@code v_n^T J(x_n)}, fresh arrays; unless overridden, from one call of {@link #logits} and one of
     *     {@link #vjp}
     * @throws IllegalArgumentException if a shape is wrong, or a value is NaN or infinite
     */
    default LogitsGradient logitsAndVjp(INDArray x, UnaryOperator<INDArray> cotangents) {
        INDArray logits = logits(x);
        return new LogitsGradient(logits, vjp(x, cotangents.apply(logits)));
    }

    /**
     * {@link #crossEntropyGradient} for a loop of steps, with labels that stay and points that the loop itself has made.
     *
     * @param labels {@code N} class indices in {@code [0, C)}; not modified
     * @return what evaluates points; unless overridden, it calls {@link #crossEntropyGradient}
     * @throws IllegalArgumentException if a label is no class
     */
    default CrossEntropySteps crossEntropySteps(int[] labels) {
        int[] kept = labels.clone();
        return x -> crossEntropyGradient(x, kept);
    }

    /**
     * Cross-entropy with distributions in the place of labels, for a loop of steps: {@code loss_n = -sum_c t_nc log
     * softmax(z_n)_c}, {@code gradient_n = J_n^T (softmax(z_n) - t_n)}. With {@code t} the model's own answer at another point
     * it is, up to a constant, the Kullback-Leibler divergence from there.
     *
     * @param targets {@code [N, C]}, every row a distribution; not modified, a copy is kept
     * @return what evaluates points; unless overridden, it calls {@link #logits} and {@link #vjp}
     * @throws IllegalArgumentException if the shape is another, an entry is negative or NaN, or a row does not add up to 1
     */
    default CrossEntropySteps crossEntropySteps(INDArray targets) {
        return new SoftTargetSteps(
                this, Distributions.checked(targets, classes()).castTo(dataType()));
    }
}
