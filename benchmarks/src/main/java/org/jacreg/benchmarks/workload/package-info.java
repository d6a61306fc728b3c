/**
 * What is measured: {@link org.jacreg.benchmarks.workload.Network networks}, {@link org.jacreg.benchmarks.workload.Job jobs}, and the
 * {@link org.jacreg.benchmarks.workload.Engine engines} that do a job on a network.
 *
 * <p>Nothing here takes a time: the JMH cases in {@code org.jacreg.benchmarks} and the paired comparison do.
 */
@NullMarked
package org.jacreg.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
