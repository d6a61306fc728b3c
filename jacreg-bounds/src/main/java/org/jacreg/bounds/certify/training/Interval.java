package org.jacreg.bounds.certify.training;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Two variables of a graph between which a third one stays, by their ends or by centre and radius; the other form is added when it is
 * asked for.
 *
 * <p>SameDiff's sessions walk every shortest way from a variable to what it is computed of, and two ways for every op would make
 * {@code 2^n} for a chain of n (docs/nd4j-bugs.md). An identity makes one of the two longer.
 */
final class Interval {

    private @Nullable SDVariable lower;
    private @Nullable SDVariable upper;
    private @Nullable SDVariable centre;
    private @Nullable SDVariable radius;

    private Interval(
            @Nullable SDVariable lower,
            @Nullable SDVariable upper,
            @Nullable SDVariable centre,
            @Nullable SDVariable radius) {
        this.lower = lower;
        this.upper = upper;
        this.centre = centre;
        this.radius = radius;
    }

    static Interval ofEnds(SDVariable lower, SDVariable upper) {
        return new Interval(lower, upper, null, null);
    }

    static Interval around(SDVariable centre, SDVariable radius) {
        return new Interval(null, null, centre, radius);
    }

    SDVariable lower() {
        if (lower == null) {
            lower = longer(known(centre)).sub(known(radius));
        }
        return lower;
    }

    SDVariable upper() {
        if (upper == null) {
            upper = longer(known(centre)).add(known(radius));
        }
        return upper;
    }

    SDVariable centre() {
        if (centre == null) {
            centre = known(upper).add(longer(known(lower))).mul(0.5);
        }
        return centre;
    }

    SDVariable radius() {
        if (radius == null) {
            radius = known(upper).sub(longer(known(lower))).mul(0.5);
        }
        return radius;
    }

    private static SDVariable known(@Nullable SDVariable variable) {
        return Objects.requireNonNull(variable);
    }

    private static SDVariable longer(SDVariable way) {
        SameDiff sd = way.getSameDiff();
        return sd.identity(way);
    }
}
