package org.jacreg.examples.result;

import java.util.Base64;

/**
 * One test image and what PGD (l_inf) made of it.
 *
 * <p>Pixels are base64 of {@code rows * columns} unsigned bytes, row-major: rounded to 1/255, for looking at, not for
 * calculating.
 *
 * @param testIndex the image's place in the test file, from 0
 * @param rows the height
 * @param columns the width
 * @param label the true class
 * @param cleanPrediction the model's answer for the image
 * @param adversarialPrediction the model's answer for the attacked image
 * @param cleanPixels the image
 * @param adversarialPixels the attacked image
 */
public record AdversarialDigit(
        int testIndex,
        int rows,
        int columns,
        int label,
        int cleanPrediction,
        int adversarialPrediction,
        String cleanPixels,
        String adversarialPixels) {

    /**
     * Packs pixels.
     *
     * @param pixels values in {@code [0, 1]}; not modified
     * @return base64 of each value times 255, rounded
     */
    public static String pack(float[] pixels) {
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(pixels[i] * 255f);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Unpacks pixels.
     *
     * @param packed what {@link #pack} made
     * @return grey values 0 to 255, a fresh array
     */
    public static int[] unpack(String packed) {
        byte[] bytes = Base64.getDecoder().decode(packed);
        int[] grey = new int[bytes.length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = bytes[i] & 0xff;
        }
        return grey;
    }
}
