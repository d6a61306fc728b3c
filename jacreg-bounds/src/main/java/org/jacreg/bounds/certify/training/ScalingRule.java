package org.jacreg.bounds.certify.training;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A product with parameters, or a quotient by them, entry by entry. */
record ScalingRule(boolean quotient) implements IntervalRule {

    @Override
    public Optional<String> obstacle(OpSite site) {
        if (site.dataInputs().size() > 1) {
            return Optional.of("products and quotients of two computed values have no interval rule here");
        }
        return quotient && !site.isData(0) ? Optional.of("it divides by the samples") : Optional.empty();
    }

    @Override
    public Interval emit(OpSite site, Map<String, Interval> bounds) {
        int data = site.dataInputs().get(0);
        Interval in = Objects.requireNonNull(bounds.get(site.name(data)));
        SameDiff sd = site.sd();
        SDVariable factor = sd.math().abs(site.variable(1 - data));
        SDVariable radius = in.radius().mul(quotient ? sd.math().reciprocal(factor) : factor);
        return Interval.around(site.copyWith(data, in.centre()), radius);
    }
}
