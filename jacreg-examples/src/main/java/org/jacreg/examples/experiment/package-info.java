/**
 * The experiment: one network, trained in eight ways on the same digits, attacked, certified and measured.
 *
 * <p>Start at {@link org.jacreg.examples.experiment.Experiment}. What it is told and what it finds are records of {@code
 * org.jacreg.examples.result}; digits come from {@code org.jacreg.examples.data}. Nothing here prints: whoever wants to
 * show progress passes an {@link org.jacreg.examples.experiment.ExperimentListener}.
 */
@NullMarked
package org.jacreg.examples.experiment;

import org.jspecify.annotations.NullMarked;
