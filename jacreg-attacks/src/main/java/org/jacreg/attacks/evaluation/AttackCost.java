package org.jacreg.attacks.evaluation;

/**
 * What one attack cost at one epsilon.
 *
 * @param attack the attack's name
 * @param epsilon the radius; infinite for a minimum-norm attack, which serves all epsilons at once
 * @param examples how many examples were attacked
 * @param gradients how many gradients were computed, over all examples
 * @param forwards how many times the model was evaluated without a gradient, over all examples
 * @param seconds wall-clock time of attacking and of checking what came back
 */
public record AttackCost(String attack, double epsilon, long examples, long gradients, long forwards, double seconds) {}
