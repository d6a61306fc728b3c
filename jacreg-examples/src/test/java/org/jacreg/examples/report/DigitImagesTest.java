package org.jacreg.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.jacreg.examples.result.AdversarialDigit;
import org.junit.jupiter.api.Test;

class DigitImagesTest {

    private static final AdversarialDigit DIGIT = new AdversarialDigit(
            0,
            2,
            2,
            1,
            1,
            1,
            AdversarialDigit.pack(new float[] {0f, 1f, 0.2f, 0.4f}),
            AdversarialDigit.pack(new float[] {0.2f, 0.8f, 0.2f, 0.5f}));

    @Test
    void imagesAreGreyAndInPlace() {
        // 0.2 * 255 = 51 = 0x33, 0.4 * 255 = 102 = 0x66, 0.8 * 255 = 204 = 0xcc.
        assertThat(DigitImages.clean(DIGIT).getRGB(1, 0) & 0xffffff).isEqualTo(0xffffff);
        assertThat(DigitImages.clean(DIGIT).getRGB(0, 1) & 0xffffff).isEqualTo(0x333333);
        assertThat(DigitImages.clean(DIGIT).getRGB(1, 1) & 0xffffff).isEqualTo(0x666666);
        assertThat(DigitImages.adversarial(DIGIT).getRGB(1, 0) & 0xffffff).isEqualTo(0xcccccc);
    }

    @Test
    void perturbationIsRedWhereBrighterBlueWhereDarkerWhiteWhereUnchanged() {
        assertThat(DigitImages.perturbation(DIGIT).getRGB(0, 0) & 0xffffff).isEqualTo(0xff0000);
        assertThat(DigitImages.perturbation(DIGIT).getRGB(1, 0) & 0xffffff).isEqualTo(0x0000ff);
        assertThat(DigitImages.perturbation(DIGIT).getRGB(0, 1) & 0xffffff).isEqualTo(0xffffff);
    }
}
