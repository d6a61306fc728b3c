/**
 * Empirical Rademacher and Gaussian complexities: Monte-Carlo estimates of the exact value where the supremum over the class is
 * known, closed-form bounds, and estimates from below where the supremum is searched for.
 *
 * <p>Throughout, the complexity of a class {@code F} on a sample {@code x_1..x_n} is {@code R_S(F) = E_sigma sup_{f in F} (1/n) sum_i
 * sigma_i f(x_i)}, without an absolute value inside the supremum; {@code sigma_i} are independent fair signs.
 *
 * <ul>
 *   <li>Estimates: {@link org.jacreg.bounds.rademacher.MonteCarloRademacher} and {@link
 *       org.jacreg.bounds.rademacher.MonteCarloGaussian}, of linear classes, attacked ones ({@link
 *       org.jacreg.bounds.rademacher.AdversarialLinearClass}), finite ones, and any whose suprema a {@link
 *       org.jacreg.bounds.rademacher.SupremumOracle} computes.
 *   <li>Bounds: {@link org.jacreg.bounds.rademacher.RademacherBounds} of linear and finite classes, {@link
 *       org.jacreg.bounds.rademacher.NetworkRademacherBounds} of networks with bounded norms, {@link
 *       org.jacreg.bounds.rademacher.JacobianRademacherBounds} of the loss class and the Jacobian class of a network.
 *   <li>Estimates from below: {@link org.jacreg.bounds.rademacher.NetworkAscent} of the networks of a SameDiff graph.
 * </ul>
 *
 * <p>Not here: norms of a network ({@code network}), covering numbers ({@code covering}), generalization bounds ({@code
 * generalization}).
 */
@NullMarked
package org.jacreg.bounds.rademacher;

import org.jspecify.annotations.NullMarked;
