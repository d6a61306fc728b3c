package org.jacreg.examples.report;

import java.util.List;
import org.jacreg.examples.result.AdversarialDigit;
import org.jacreg.examples.result.ModelResult;

/** The attacked digits of one model, as the page's template sees them. */
record DigitView(String model, String description, List<Cell> cells) {

    /**
     * One digit.
     *
     * @param clean a data URI
     * @param perturbation a data URI
     * @param adversarial a data URI
     * @param alt what the pictures show
     * @param caption label and predictions
     * @param verdict the CSS class of the caption: held, fooled or wrong
     * @param word the verdict in a word
     */
    record Cell(
            String clean,
            String perturbation,
            String adversarial,
            String alt,
            String caption,
            String verdict,
            String word) {

        static Cell of(AdversarialDigit digit) {
            boolean rightBefore = digit.cleanPrediction() == digit.label();
            boolean rightAfter = digit.adversarialPrediction() == digit.label();
            return new Cell(
                    DataUri.png(DigitImages.clean(digit)),
                    DataUri.png(DigitImages.perturbation(digit)),
                    DataUri.png(DigitImages.adversarial(digit)),
                    "test image " + digit.testIndex() + ", a " + digit.label(),
                    digit.label() + ": " + digit.cleanPrediction() + " → " + digit.adversarialPrediction(),
                    !rightBefore ? "wrong" : rightAfter ? "held" : "fooled",
                    !rightBefore ? "wrong anyway" : rightAfter ? "held" : "fooled");
        }
    }

    static DigitView of(ModelResult model) {
        return new DigitView(
                model.kind().label(),
                model.kind().description(),
                model.digits().stream().map(Cell::of).toList());
    }
}
