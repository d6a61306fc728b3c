/**
 * The library beside PyTorch and libtorch, in turns within one run. Start at {@link org.jacreg.benchmarks.paired.PairedComparison}.
 *
 * <p>Every contender computes in a process of its own ({@code org.jacreg.benchmarks.protocol}); one computes at a time, and this package only
 * waits, watches the load of the machine, and writes down.
 */
@NullMarked
package org.jacreg.benchmarks.paired;

import org.jspecify.annotations.NullMarked;
