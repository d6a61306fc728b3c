package org.jacreg.examples.report;

import java.awt.image.BufferedImage;
import org.jacreg.examples.result.AdversarialDigit;

/** Pictures of an attacked digit: before, what was added, after. */
final class DigitImages {

    private DigitImages() {}

    /** The clean image, light strokes on dark as in the file. */
    static BufferedImage clean(AdversarialDigit digit) {
        return grey(digit, AdversarialDigit.unpack(digit.cleanPixels()));
    }

    /** The attacked image. */
    static BufferedImage adversarial(AdversarialDigit digit) {
        return grey(digit, AdversarialDigit.unpack(digit.adversarialPixels()));
    }

    /** What the attack added: red for brighter, blue for darker, full colour at the greatest change; white for none. */
    static BufferedImage perturbation(AdversarialDigit digit) {
        int[] clean = AdversarialDigit.unpack(digit.cleanPixels());
        int[] attacked = AdversarialDigit.unpack(digit.adversarialPixels());
        int greatest = 1;
        for (int i = 0; i < clean.length; i++) {
            greatest = Math.max(greatest, Math.abs(attacked[i] - clean[i]));
        }
        BufferedImage image = blank(digit);
        for (int i = 0; i < clean.length; i++) {
            int change = attacked[i] - clean[i];
            int fade = 255 - 255 * Math.abs(change) / greatest;
            int colour = change >= 0 ? rgb(255, fade, fade) : rgb(fade, fade, 255);
            image.setRGB(i % digit.columns(), i / digit.columns(), colour);
        }
        return image;
    }

    private static BufferedImage grey(AdversarialDigit digit, int[] values) {
        BufferedImage image = blank(digit);
        for (int i = 0; i < values.length; i++) {
            image.setRGB(i % digit.columns(), i / digit.columns(), rgb(values[i], values[i], values[i]));
        }
        return image;
    }

    private static BufferedImage blank(AdversarialDigit digit) {
        return new BufferedImage(digit.columns(), digit.rows(), BufferedImage.TYPE_INT_RGB);
    }

    private static int rgb(int red, int green, int blue) {
        return red << 16 | green << 8 | blue;
    }
}
