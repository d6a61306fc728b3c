/**
 * What experiments of many runs have in common: runs kept one a file so that an interrupted experiment goes on and several
 * processes share it, means with their standard errors, tables put into pages. Nothing here prints.
 *
 * <p>Start at {@link org.jacreg.examples.runs.RunFolder}.
 */
@NullMarked
package org.jacreg.examples.runs;

import org.jspecify.annotations.NullMarked;
