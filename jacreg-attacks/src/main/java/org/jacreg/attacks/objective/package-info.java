/**
 * Robust training: {@linkplain org.jacreg.training.Objective objectives} for a {@link org.jacreg.training.RobustTrainer} that
 * attack every batch before its step.
 *
 * <pre>{@code
 * RobustTrainer.of(sd)
 *         .objective(Trades.linf(0.3).beta(6).attack(a -> a.bounds(0, 1).steps(10)).build())
 *         .epochs(20)
 *         .build()
 *         .fit(data);
 * }</pre>
 *
 * <table>
 * <caption>The objectives, with p at the input, p' at the attacked input x'</caption>
 * <tr><th>class</th><th>minimises the mean of</th></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.PgdAdversarialTraining}</td><td>CE(x')</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.FastAdversarialTraining}</td><td>CE(x'), one step</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.Trades}</td><td>CE(x) + beta KL(p, p')</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.Mart}</td><td>BCE(x') + beta KL(p, p') (1 - p_y)</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.Arow}</td><td>LS(x) + 2 lambda KL(p, p') (1 - p'_y)</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.Cow}</td><td>LS(x) + 2 lambda KL(p, p') p_y</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.Hat}</td><td>CE(x) + beta KL(p, p') + gamma CE(helper)</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.HatArow}</td><td>LS(x) + 2 lambda KL(p, p') (1 - p'_y) + gamma CE(helper)</td></tr>
 * </table>
 *
 * <table>
 * <caption>What goes another way, or around others</caption>
 * <tr><th>class</th><th>does</th></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.FreeAdversarialTraining}</td><td>replays batches; attacks by the sweep that trains</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.AdversarialWeightPerturbation}</td><td>takes any objective's gradients at weights moved
 * uphill</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.NoiseAugmentation}</td><td>adds noise to the inputs of any objective</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.Cure}</td><td>adds the change of the input gradient along an attack to the loss</td></tr>
 * <tr><td>{@link org.jacreg.attacks.objective.InputGradientRegularization}</td><td>adds the slope of the loss along an attack to
 * it</td></tr>
 * </table>
 *
 * <p>Averages of the weights, which several of the recipes validate and keep, are an option of the trainer ({@link
 * org.jacreg.training.WeightAverage}): TRADES-AWP with a moving average is {@code
 * .objective(AdversarialWeightPerturbation.over(Trades.linf(0.3).build()).build()).weightAverage(WeightAverage.ema(0.995))}.
 *
 * <p>A Jacobian penalty that is attached to the graph stays in the loss, so that both together are one line more:
 * {@code JacobianRegularizer.frobenius(sd).lambda(0.01).attach()}. The attacked input is one more placeholder of the graph while it
 * trains, and the network there a copy of its ops with the same weights; afterwards all of it is gone. The box and epsilon are in
 * the units of the graph's input: have the graph itself normalise its inputs, or scale them.
 *
 * <p>{@link org.jacreg.attacks.objective.InnerAttack} makes the adversarial examples. Validation data is attacked in the same way,
 * so the validation loss is the robust one.
 */
@NullMarked
package org.jacreg.attacks.objective;

import org.jspecify.annotations.NullMarked;
