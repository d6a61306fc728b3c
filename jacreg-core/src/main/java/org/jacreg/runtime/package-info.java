/**
 * A compiled runtime: one SameDiff graph, its required outputs and gradients, turned into a static schedule for one set of
 * input shapes.
 *
 * <p>Here is what plans and runs the schedule. The loops and BLAS calls it runs are in {@code runtime.kernel}; training loops
 * are in {@code training}.
 */
@NullMarked
package org.jacreg.runtime;

import org.jspecify.annotations.NullMarked;
