package org.jacreg.bounds.certify.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An op that in each of its inputs only rises or only falls: it is evaluated at the ends that belong together. */
record MonotoneRule(Direction direction) implements IntervalRule {

    /** Whether an op rises or falls with an input: 1 or -1, 0 where neither is known. */
    @FunctionalInterface
    interface Direction {
        int of(OpSite site, int input);
    }

    /** Rises with its first input; the others are settings. */
    static MonotoneRule rising() {
        return new MonotoneRule((site, input) -> input == 0 ? 1 : 0);
    }

    @Override
    public Optional<String> obstacle(OpSite site) {
        for (int input : site.dataInputs()) {
            if (direction.of(site, input) == 0) {
                return Optional.of("it need not be monotone in its input '" + site.name(input) + "'");
            }
        }
        return Optional.empty();
    }

    @Override
    public Interval emit(OpSite site, Map<String, Interval> bounds) {
        return Interval.ofEnds(site.copy(inputs(site, bounds, -1)), site.copy(inputs(site, bounds, 1)));
    }

    private List<org.nd4j.autodiff.samediff.SDVariable> inputs(OpSite site, Map<String, Interval> bounds, int end) {
        List<org.nd4j.autodiff.samediff.SDVariable> inputs = new ArrayList<>();
        for (int input = 0; input < site.op().inputs().size(); input++) {
            Interval interval = site.isData(input) ? bounds.get(site.name(input)) : null;
            if (interval == null) {
                inputs.add(site.variable(input));
            } else {
                boolean upper = direction.of(site, input) == end;
                inputs.add(upper ? interval.upper() : interval.lower());
            }
        }
        return inputs;
    }
}
