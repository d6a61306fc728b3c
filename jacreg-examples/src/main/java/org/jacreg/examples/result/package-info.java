/**
 * What an experiment was told and what it found, as records, and their JSON form.
 *
 * <p>Start at {@link org.jacreg.examples.result.ExperimentResult}; {@link org.jacreg.examples.result.Settings} is what a
 * run is told, {@link org.jacreg.examples.result.ResultJson} reads and writes it all. Running the experiment is not here
 * (see {@code org.jacreg.examples.experiment}), nor is showing it (see {@code org.jacreg.examples.report}).
 */
@NullMarked
package org.jacreg.examples.result;

import org.jspecify.annotations.NullMarked;
