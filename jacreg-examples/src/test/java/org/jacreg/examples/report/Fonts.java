package org.jacreg.examples.report;

import static org.junit.jupiter.api.Assumptions.abort;

import java.awt.Font;
import java.awt.font.FontRenderContext;

/** Leaves out tests of drawing where Java finds no fonts: there the report says so instead, see {@link ChartSheetTest}. */
public final class Fonts {

    private Fonts() {}

    public static void assumeUsable() {
        try {
            new Font(Font.SANS_SERIF, Font.PLAIN, 12).getStringBounds("x", new FontRenderContext(null, true, true));
        } catch (LinkageError | InternalError e) {
            abort("this Java finds no fonts: " + e);
        }
    }
}
