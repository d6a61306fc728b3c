/**
 * JMH benchmarks: how long the library takes, beside SameDiff's own session. Each is a small class; run them by name, for example
 * {@code mvn -q -Pjmh -Dargs="StepBenchmark -p network=MLP -prof gc"}.
 *
 * <p>What is measured stands in {@code workload}; {@code paired} compares with PyTorch, {@code backend} settings of the backend with
 * each other, {@code growth} plots. Numbers are right or wrong in the tests of the other modules, not here; the one check here is that all engines
 * compute the same before any time is taken.
 */
@NullMarked
package org.jacreg.benchmarks;

import org.jspecify.annotations.NullMarked;
