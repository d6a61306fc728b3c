/**
 * Verified training: {@linkplain org.jacreg.training.Objective objectives} for a {@link org.jacreg.training.RobustTrainer} that
 * minimise a bound of the loss over a ball around every sample, so that the network can be certified afterwards.
 *
 * <pre>{@code
 * RobustTrainer.of(sd)
 *         .objective(IntervalBoundTraining.linf(0.1).bounds(0, 1).ramp(200, 1000).build())
 *         .epochs(10)
 *         .build()
 *         .fit(data);
 * Certifier.of(BoundGraph.of(sd)).method(BoundMethod.INTERVAL).bounds(0, 1).build().certify(x, labels, 0.1);
 * }</pre>
 *
 * <table>
 * <caption>The objectives</caption>
 * <tr><th>class</th><th>ball</th><th>bounds by</th></tr>
 * <tr><td>{@link org.jacreg.bounds.certify.training.IntervalBoundTraining}</td><td>l_inf</td><td>intervals</td></tr>
 * <tr><td>{@link org.jacreg.bounds.certify.training.CrownIbpTraining}</td><td>l_inf</td><td>backward linear relaxation between
 * intervals</td></tr>
 * <tr><td>{@link org.jacreg.bounds.certify.training.GloroTraining}</td><td>l2</td><td>Lipschitz constants, an extra logit</td></tr>
 * <tr><td>{@link org.jacreg.bounds.certify.training.LipschitzMarginTraining}</td><td>l2</td><td>Lipschitz constants, raised
 * logits</td></tr>
 * </table>
 *
 * <p>What is here trains and certifies nothing: bounds are ops of the graph, in its own floating point and without outward rounding,
 * and operator norms in losses are estimates.
 * Certificates are in {@code certify} and {@code certify.lipschitz}. Training against
 * attacks is in the attacks module, Jacobian penalties are in {@code org.jacreg.regularizer}.
 */
@NullMarked
package org.jacreg.bounds.certify.training;

import org.jspecify.annotations.NullMarked;
