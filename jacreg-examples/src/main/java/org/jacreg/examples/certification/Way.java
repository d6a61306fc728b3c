package org.jacreg.examples.certification;

import java.awt.Color;
import java.util.Arrays;
import org.jacreg.examples.certification.CertificationSettings.Training;

/** The ways of training that are compared. A new one needs a name here and a case in {@link NetworkTraining}. */
public enum Way {
    /** Cross-entropy alone. */
    PLAIN("plain", 0xd1495b),
    /** With {@code lambda ||J||_F^2}. */
    FROBENIUS("frobenius", 0x2f86c9),
    /** With {@code lambda ||J||_{1,1}}. */
    L11("l11", 0xe0932f),
    /** On points that PGD finds. */
    PGD_AT("pgd-at", 0x2f9e76);

    private final String label;
    private final int colour;

    Way(String label, int colour) {
        this.label = label;
        this.colour = colour;
    }

    /** Its lines in plots; told apart also by those who do not see red and green apart. */
    Color colour() {
        return new Color(colour);
    }

    /**
     * The short name.
     *
     * @return as it stands in tables and files
     */
    public String label() {
        return label;
    }

    /**
     * How much of it there is.
     *
     * @param training the settings
     * @return the penalty's weight or the radius of training, 0 for plain training
     */
    double strength(Training training) {
        return switch (this) {
            case PLAIN -> 0;
            case FROBENIUS -> training.lambdaFrobenius();
            case L11 -> training.lambdaL11();
            case PGD_AT -> training.epsilon();
        };
    }

    /**
     * Finds a way by its short name.
     *
     * @param label as it stands in tables
     * @return the way
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static Way of(String label) {
        return Arrays.stream(values())
                .filter(way -> way.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("networks: expected some of "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Way::label).toList()) + ", got " + label));
    }
}
