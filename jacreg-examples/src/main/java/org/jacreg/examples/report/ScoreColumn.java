package org.jacreg.examples.report;

import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jacreg.examples.result.Scores;

/** The columns of the table, in its order. */
enum ScoreColumn {
    CLEAN_TRAIN("clean train", true, true, Scores::cleanTrain),
    CLEAN_TEST("clean test", true, true, Scores::cleanTest),
    FGSM_LINF("FGSM l_inf", true, true, Scores::fgsmLinf),
    PGD_LINF("PGD l_inf", true, true, Scores::pgdLinf),
    AUTO_ATTACK("AutoAttack l_inf", true, true, Scores::autoAttack),
    FGSM_L2("FGSM l2", true, true, Scores::fgsmL2),
    PGD_L2("PGD l2", true, true, Scores::pgdL2),
    CERTIFIED_LINF("certified l_inf", true, true, Scores::certifiedLinf),
    CERTIFIED_RADIUS("certified radius", false, true, Scores::certifiedRadius),
    FROBENIUS("mean ||J||_F", false, false, Scores::frobenius),
    L11("mean ||J||_1,1", false, false, Scores::l11),
    SECONDS("s/epoch", false, false, Scores::secondsPerEpoch);

    private final String title;
    private final boolean accuracy;
    private final boolean higherIsBetter;
    /* Every constant gets a method reference to a record accessor, which has no state. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final ToDoubleFunction<Scores> value;

    ScoreColumn(String title, boolean accuracy, boolean higherIsBetter, ToDoubleFunction<Scores> value) {
        this.title = title;
        this.accuracy = accuracy;
        this.higherIsBetter = higherIsBetter;
        this.value = value;
    }

    String title() {
        return title;
    }

    double value(Scores scores) {
        return value.applyAsDouble(scores);
    }

    boolean better(double one, double other) {
        return higherIsBetter ? one > other : one < other;
    }

    String text(Scores scores) {
        double number = value(scores);
        return accuracy ? percent(number) : significant(number);
    }

    /** A fraction as per cent with one decimal. */
    static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * fraction);
    }

    /** Three significant digits, without an exponent where that stays short. */
    static String significant(double number) {
        double size = Math.abs(number);
        if (size >= 1e6 || (size > 0 && size < 1e-3)) {
            return String.format(Locale.ROOT, "%.2e", number);
        }
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }
}
