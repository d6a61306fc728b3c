/**
 * Which measure of a trained network goes with its generalization gap: a grid of networks, trained in several ways to several
 * strengths on several numbers of digits, their measured gaps without and with attack, measures and bounds, and Kendall's rank
 * correlation between them.
 *
 * <p>Start at {@link org.jacreg.examples.study.Study}: it makes the runs that are not yet in a folder. {@link
 * org.jacreg.examples.study.StudyPage} writes what the folder holds. Nothing here prints.
 */
@NullMarked
package org.jacreg.examples.study;

import org.jspecify.annotations.NullMarked;
