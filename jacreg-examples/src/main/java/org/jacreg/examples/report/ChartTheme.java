package org.jacreg.examples.report;

import java.awt.Color;
import org.jacreg.examples.result.ModelKind;

/** The colours of a plot, for a light page and for a dark one. */
enum ChartTheme {
    LIGHT(new Color(0xffffff), new Color(0x1f2933), new Color(0xe4e7eb)),
    DARK(new Color(0x1b212b), new Color(0xdbe2ea), new Color(0x323b48));

    private final Color background;
    private final Color text;
    private final Color grid;

    ChartTheme(Color background, Color text, Color grid) {
        this.background = background;
        this.text = text;
        this.grid = grid;
    }

    Color background() {
        return background;
    }

    Color text() {
        return text;
    }

    Color grid() {
        return grid;
    }

    /** One colour a model, told apart also by those who do not see red and green apart. */
    static Color of(ModelKind kind) {
        return switch (kind) {
            case PLAIN -> new Color(0xd1495b);
            case FROBENIUS -> new Color(0x2f86c9);
            case L11 -> new Color(0xe0932f);
            case PGD_AT -> new Color(0x2f9e76);
            case TRADES -> new Color(0x7b5cc4);
            case MART -> new Color(0xb8a13a);
            case AROW -> new Color(0x4a5568);
            case IBP -> new Color(0xc2559d);
        };
    }

    /** The same colour as style sheets write it. */
    static String hex(ModelKind kind) {
        return String.format("#%06x", of(kind).getRGB() & 0xffffff);
    }
}
