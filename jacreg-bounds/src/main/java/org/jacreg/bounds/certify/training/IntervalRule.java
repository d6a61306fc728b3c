package org.jacreg.bounds.certify.training;

import java.util.Map;
import java.util.Optional;

/** How an op maps intervals. */
interface IntervalRule {

    /** Why the op cannot be bounded as it stands; asked before anything is added. */
    Optional<String> obstacle(OpSite site);

    /** Adds the bounds of the op's output. */
    Interval emit(OpSite site, Map<String, Interval> bounds);
}
