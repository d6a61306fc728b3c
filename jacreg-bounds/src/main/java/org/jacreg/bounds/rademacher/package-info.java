/**
 * Empirical Rademacher complexity of linear classes, standard and under an l_inf attack: Monte-Carlo estimates of the
 * exact value, and closed-form upper bounds.
 *
 * <p>Start at {@link org.jacreg.bounds.rademacher.MonteCarloRademacher} for a {@link
 * org.jacreg.bounds.rademacher.RademacherEstimate}, at {@link org.jacreg.bounds.rademacher.RademacherBounds} for a {@link
 * org.jacreg.bounds.rademacher.RademacherBound}. Throughout, the complexity of a class {@code F} on a sample {@code
 * x_1..x_n} is {@code R_S(F) = E_sigma sup_{f in F} (1/n) sum_i sigma_i f(x_i)}, without an absolute value inside the
 * supremum; {@code sigma_i} are independent fair signs.
 *
 * <p>Not here: classes of networks, covering numbers, generalization bounds.
 */
@NullMarked
package org.jacreg.bounds.rademacher;

import org.jspecify.annotations.NullMarked;
