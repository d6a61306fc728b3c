package org.jacreg.attacks;

/** The running figures of one sample. */
final class Tally {

    private final int label;
    private boolean seen;
    private int cleanPrediction;
    private double cleanLoss;
    private int prediction;
    private double distance;
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

    /** The same where the closest success is the best: {@code newDistance} is that of the point from the input. */
    boolean offerCloser(double newLoss, int newPrediction, boolean targeted, double newDistance) {
        boolean hit = (newPrediction == label) == targeted;
        if (seen && hit && success) {
            extremeLoss = moreExtreme(newLoss, extremeLoss, targeted) ? newLoss : extremeLoss;
            if (newDistance < distance) {
                distance = newDistance;
                return accept(newLoss, newPrediction, true);
            }
            return false;
        }
        boolean better = offer(newLoss, newPrediction, targeted);
        if (better) {
            distance = newDistance;
        }
        return better;
    }

    /** The class of the first point offered, which is the input. */
    int cleanPrediction() {
        return cleanPrediction;
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

    AttackOutcome outcome(double linf, double l2, double l1, int l0, double firstDistance) {
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
                l1,
                l0,
                success ? firstDistance : Double.POSITIVE_INFINITY,
                gradients,
                forwards,
                zeroGradients);
    }
}
