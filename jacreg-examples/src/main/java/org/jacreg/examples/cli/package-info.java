/**
 * The command line: options, progress, the table on standard output, exit codes.
 *
 * <p>Start at {@link org.jacreg.examples.cli.Main}. Standard output carries results only; progress and errors go to
 * standard error. The experiment itself is {@code org.jacreg.examples.experiment}.
 */
@NullMarked
package org.jacreg.examples.cli;

import org.jspecify.annotations.NullMarked;
