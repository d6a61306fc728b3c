/** Robust training as objectives of {@link org.jacreg.training.RobustTrainer}. */
@NullMarked
package org.jacreg.attacks.objective;

import org.jspecify.annotations.NullMarked;
