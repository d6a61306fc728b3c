/**
 * libtorch on the JVM, through DJL, as a contender of the paired comparison. Compiled under {@code -Ppeers} only, which alone
 * depends on DJL.
 */
@NullMarked
package org.jacreg.benchmarks.libtorch;

import org.jspecify.annotations.NullMarked;
