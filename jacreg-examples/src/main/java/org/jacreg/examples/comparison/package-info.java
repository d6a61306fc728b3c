/**
 * Robust training side by side: one small convolutional network, trained in nine ways with equal budgets on the same digits,
 * attacked with PGD and AutoAttack at several radii, over several seeds.
 *
 * <p>Start at {@link org.jacreg.examples.comparison.Comparison}: it makes the runs that are not yet in a folder, one file a run, so
 * that an interrupted comparison goes on and several processes share one. {@link
 * org.jacreg.examples.comparison.ComparisonTable} writes what the folder holds as text and as Markdown. Nothing here prints.
 */
@NullMarked
package org.jacreg.examples.comparison;

import org.jspecify.annotations.NullMarked;
