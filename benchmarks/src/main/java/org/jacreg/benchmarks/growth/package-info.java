/** How cost grows with batch size, classes, inputs and depth, as plots. Start at {@link org.jacreg.benchmarks.growth.GrowthCommand}. */
@NullMarked
package org.jacreg.benchmarks.growth;

import org.jspecify.annotations.NullMarked;
