/**
 * Small numbered examples, each a {@code main} of its own with one common mistake shown beside the right way.
 *
 * <p>Start at {@link org.jacreg.examples.E01_AddAPenalty}. The large example, the MNIST experiment, stands in {@code
 * org.jacreg.examples.experiment} and is run by the command line in {@code org.jacreg.examples.cli}.
 */
@NullMarked
package org.jacreg.examples;

import org.jspecify.annotations.NullMarked;
