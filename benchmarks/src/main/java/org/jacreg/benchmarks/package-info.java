/**
 * JMH benchmarks: how long the library takes, beside the obvious way to the same numbers.
 *
 * <p>Start at {@link org.jacreg.benchmarks.JacobianBenchmark}. What is measured is right or wrong in the tests of the other modules, not here; the one
 * check here is that both ways give the same Jacobian before any time is taken.
 */
@NullMarked
package org.jacreg.benchmarks;

import org.jspecify.annotations.NullMarked;
