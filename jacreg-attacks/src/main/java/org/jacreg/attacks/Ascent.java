package org.jacreg.attacks;

import java.util.Optional;
import org.jacreg.attacks.threat.FeasibleSet;
import org.jacreg.attacks.threat.FusedStep;
import org.jacreg.runtime.HostRows;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The step of an attack, {@code x <- P(x + a v(g))} with {@code v(g) = sign(g)} for Linf and {@code g / ||g||_2} for L2: in one pass
 * where the batch lies in main memory as float32, else by ND4J's ops. For the loops of this module; attacks are what users call.
 *
 * <p>Holds buffers and is for one thread.
 */
public final class Ascent {

    private final Pgd.Options options;
    private final FeasibleSet feasible;
    private final double step;
    private final Optional<FusedStep> fused;

    /**
     * Readies the steps around some samples.
     *
     * @param options norm, size and direction of a step, and how points are brought back
     * @param feasible where the points are to stay; its buffers are used
     */
    public Ascent(Pgd.Options options, FeasibleSet feasible) {
        this.options = options;
        this.feasible = feasible;
        this.step = options.targeted() ? -options.stepSize() : options.stepSize();
        this.fused = feasible.fusedStep(step, options.projection());
    }

    /**
     * Moves points up the loss, or down if the attack is targeted.
     *
     * @param points {@code [N, D]}; modified
     * @param gradient {@code [N, D]}; modified
     * @return for every row, whether the gradient was exactly zero
     * @throws ArithmeticException if a gradient is not finite, naming the rows
     */
    public boolean[] move(INDArray points, INDArray gradient) {
        if (fused.isPresent()) {
            Optional<HostRows> x = HostRows.of(points);
            Optional<HostRows> g = HostRows.of(gradient);
            if (x.isPresent() && g.isPresent()) {
                return AscentDirection.zeros(fused.get().apply(x.get(), g.get()));
            }
        }
        return moveByOps(points, gradient);
    }

    /** The same by ND4J's ops, for every type and backend. */
    boolean[] moveByOps(INDArray points, INDArray gradient) {
        boolean[] zero = AscentDirection.normalise(options.ball().norm(), gradient);
        points.addi(gradient.muli(step));
        options.projection().apply(points, feasible);
        return zero;
    }
}
