package org.jacreg.regularizer;

import java.util.Locale;
import java.util.OptionalInt;
import org.jacreg.jacobian.Directions;
import org.jacreg.jacobian.FiniteDifference;
import org.jacreg.jacobian.Projections;
import org.jacreg.vjp.VjpRules;
import org.jspecify.annotations.Nullable;

/** What of the Jacobian is penalised and how it is computed; checks that settings go together. */
final class PenaltySettings {

    enum Kind {
        FROBENIUS("Frobenius norm"),
        L11("l_{1,1} norm"),
        L21("l_{2,1} norm"),
        SPECTRAL("spectral norm"),
        INPUT_GRADIENT("input gradient"),
        MARGINWISE("marginwise surrogate");

        private final String description;

        Kind(String description) {
            this.description = description;
        }
    }

    final Kind kind;
    double epsilon;
    boolean lInf;
    boolean unsquared;
    boolean l1;
    boolean margins;
    int powerIterations;
    Projections projections = Projections.exact();

    @Nullable
    Directions directions;

    @Nullable
    FiniteDifference difference;

    PenaltySettings(Kind kind) {
        this.kind = kind;
    }

    String defaultName() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    void require(boolean fits, String call, String kinds) {
        if (!fits) {
            throw new IllegalArgumentException(call + " is for " + kinds + " only, not for the " + kind.description);
        }
    }

    void requireProjectable(String call) {
        if (kind != Kind.FROBENIUS && kind != Kind.L21) {
            throw new IllegalArgumentException(
                    call + " is for frobenius(sd) and l21(sd) only: random projections give no"
                            + " cheap unbiased estimate of the " + kind.description);
        }
    }

    /** Fails where settings contradict each other. */
    void check() {
        boolean projected = !(projections instanceof Projections.Exact);
        if (projected && (unsquared || margins)) {
            throw new IllegalArgumentException(projections + " cannot be combined with "
                    + (unsquared ? "unsquared(): the root of an unbiased estimate is biased" : "marginRows()"));
        }
        if (directions != null && !projected) {
            throw new IllegalArgumentException(
                    "directions(" + directions + ") say how to project; set projections(...) too");
        }
        if (kind == Kind.L21 && directions != null && directions != Directions.GAUSSIAN) {
            throw new IllegalArgumentException("directions(" + directions
                    + ") give no unbiased estimate of the l_{2,1} norm; only " + Directions.GAUSSIAN + " do");
        }
        if (difference != null && (projected || unsquared || margins)) {
            throw new IllegalArgumentException("finiteDifference(...) takes directions of the input space by itself; it"
                    + " cannot be combined with projections, unsquared() or marginRows()");
        }
    }

    /** The penalty by derivative rules, for {@code C} outputs. */
    JacobianPenalty penalty(int classes, VjpRules rules) {
        Directions drawn = directions == null ? Directions.UNIT_SPHERE : directions;
        Directions used = kind == Kind.L21 ? Directions.GAUSSIAN : drawn;
        OptionalInt count = projections.resolve(used, classes);
        if (count.isPresent()) {
            return new ProjectedPenalty(count.getAsInt(), used, kind == Kind.L21);
        }
        return switch (kind) {
            case FROBENIUS ->
                new ExactPenalty(
                        unsquared ? ExactPenalty.Norm.FROBENIUS : ExactPenalty.Norm.FROBENIUS_SQUARED, margins);
            case L11 -> new ExactPenalty(ExactPenalty.Norm.L11, margins);
            case L21 -> new ExactPenalty(ExactPenalty.Norm.L21, margins);
            case SPECTRAL -> new SpectralPenalty(powerIterations);
            case INPUT_GRADIENT -> new InputGradientPenalty(gradientNorm(), rules);
            case MARGINWISE -> new MarginwisePenalty(epsilon, lInf);
        };
    }

    private InputGradientPenalty.Norm gradientNorm() {
        if (l1) {
            return InputGradientPenalty.Norm.L1;
        }
        return unsquared ? InputGradientPenalty.Norm.L2 : InputGradientPenalty.Norm.L2_SQUARED;
    }
}
