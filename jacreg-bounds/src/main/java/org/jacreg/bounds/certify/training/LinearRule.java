package org.jacreg.bounds.certify.training;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** {@code W h + b}: the centre is mapped by the op itself, the radius by {@code |W|}. */
enum LinearRule implements IntervalRule {
    /** {@code x W}, with flags. */
    PRODUCT {
        @Override
        Optional<String> settingsAgainst(OpSite site) {
            boolean plain = site.setting(0, 1) == 1 && site.setting(1, 0) == 0;
            return plain ? Optional.empty() : Optional.of("it scales the product; multiply the product instead");
        }

        @Override
        SDVariable ofRadius(OpSite site, SDVariable radius) {
            return site.copy(List.of(radius, absolute(site)));
        }
    },
    /** {@code x W + b}. */
    DENSE {
        @Override
        Optional<String> settingsAgainst(OpSite site) {
            boolean flags = site.flag(0) || site.flag(1) || site.flag(2);
            return flags ? Optional.of("it transposes an operand; write x W + b") : Optional.empty();
        }

        @Override
        SDVariable ofRadius(OpSite site, SDVariable radius) {
            return radius.mmul(absolute(site));
        }
    },
    /** {@code max(x W + b, 0)}. */
    DENSE_RECTIFIED {
        @Override
        Optional<String> settingsAgainst(OpSite site) {
            return DENSE.settingsAgainst(site);
        }

        @Override
        SDVariable ofCentre(OpSite site, SDVariable centre) {
            return site.sd().nn().linear(centre, site.variable(1), site.variable(2));
        }

        @Override
        SDVariable ofRadius(OpSite site, SDVariable radius) {
            return DENSE.ofRadius(site, radius);
        }

        @Override
        public Interval emit(OpSite site, Map<String, Interval> bounds) {
            Interval before = super.emit(site, bounds);
            SameDiff sd = site.sd();
            return Interval.ofEnds(sd.nn().relu(before.lower(), 0), sd.nn().relu(before.upper(), 0));
        }
    },
    /** A convolution. */
    CONVOLUTION {
        @Override
        SDVariable ofRadius(OpSite site, SDVariable radius) {
            return site.copy(List.of(radius, absolute(site)));
        }
    };

    @Override
    public Optional<String> obstacle(OpSite site) {
        if (!site.dataInputs().equals(List.of(0))) {
            return Optional.of(
                    "samples are not its first operand alone: products of two computed values have no interval"
                            + " rule here");
        }
        return settingsAgainst(site);
    }

    @Override
    public Interval emit(OpSite site, Map<String, Interval> bounds) {
        Interval in = Objects.requireNonNull(bounds.get(site.name(0)));
        return Interval.around(ofCentre(site, in.centre()), ofRadius(site, in.radius()));
    }

    Optional<String> settingsAgainst(OpSite site) {
        return Optional.empty();
    }

    SDVariable ofCentre(OpSite site, SDVariable centre) {
        return site.copyWith(0, centre);
    }

    abstract SDVariable ofRadius(OpSite site, SDVariable radius);

    private static SDVariable absolute(OpSite site) {
        return site.sd().math().abs(site.variable(1));
    }
}
