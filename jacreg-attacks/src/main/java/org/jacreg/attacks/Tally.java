package org.jacreg.attacks;

/** The running figures of one sample. */
final class Tally {

    private final int label;
    private boolean seen;
    private int cleanPrediction;
    private double cleanLoss;
    private int prediction;
    private double loss;
    private double extremeLoss;
    boolean success;
    int gradients;
    int forwards;
    int zeroGradients;

    Tally(int label) {
        this.label = label;
    }

    /** Takes note of a point and says whether it is the best so far. */
    boolean offer(double newLoss, int newPrediction, boolean targeted) {
        boolean hit = (newPrediction == label) == targeted;
        if (!seen) {
            seen = true;
            cleanPrediction = newPrediction;
            cleanLoss = newLoss;
            extremeLoss = newLoss;
            return accept(newLoss, newPrediction, hit);
        }
        if (moreExtreme(newLoss, extremeLoss, targeted)) {
            extremeLoss = newLoss;
        }
        if (hit == success ? moreExtreme(newLoss, loss, targeted) : hit) {
            return accept(newLoss, newPrediction, hit);
        }
        return false;
    }

    private boolean accept(double newLoss, int newPrediction, boolean hit) {
        loss = newLoss;
        prediction = newPrediction;
        success = hit;
        return true;
    }

    private static boolean moreExtreme(double candidate, double current, boolean targeted) {
        return targeted ? candidate < current : candidate > current;
    }

    AttackOutcome outcome(double linf, double l2, double firstDistance) {
        return new AttackOutcome(
                label,
                cleanPrediction,
                prediction,
                success,
                cleanLoss,
                loss,
                extremeLoss,
                linf,
                l2,
                success ? firstDistance : Double.POSITIVE_INFINITY,
                gradients,
                forwards,
                zeroGradients);
    }
}
