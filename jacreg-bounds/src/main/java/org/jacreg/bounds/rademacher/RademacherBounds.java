package org.jacreg.bounds.rademacher;

import org.apache.commons.math3.special.Gamma;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Closed-form upper bounds of empirical Rademacher complexities.
 *
 * <p>Every value is rounded outward, so it is a bound in spite of rounding, and exceeds the formula's exact value by a
 * relative {@code 2^-39 + (n + d) 2^-52} at most. Arrays may have any numeric type and are computed with in float64.
 */
public final class RademacherBounds {

    private static final String AWASTHI =
            "Awasthi, Frank and Mohri, Adversarial learning guarantees for linear hypotheses and neural networks (2020)";

    private RademacherBounds() {}

    /**
     * Bounds the complexity of a linear class on a sample; q is the dual exponent of p, {@code X_j} column j.
     *
     * <ul>
     *   <li>p = 1: {@code (W/n) sqrt(2 ln(2d)) max_j ||X_j||_2} (Massart over the 2d vertices);
     *   <li>1 &lt; p &lt; 2: {@code (W/n) sqrt(2) (Gamma((q+1)/2) / sqrt(pi))^(1/q) (sum_j ||X_j||_2^q)^(1/q)}
     *       (Khintchine's inequality with Haagerup's best constant);
     *   <li>p &gt;= 2: {@code (W/n) (sum_j ||X_j||_2^q)^(1/q)} (Jensen); for p = 2 that is {@code (W/n) ||X||_F}.
     * </ul>
     *
     * <p>As p falls to 1 the second formula grows without limit while the first stays: near 1 prefer {@code d^(1-1/p)} times
     * the bound for p = 1.
     *
     * @param linearClass the class
     * @param x the sample, shape [n, d]. Not modified.
     * @return the bound; 0 for a sample of zeros
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity
     */
    public static RademacherBound linear(LinearClass linearClass, INDArray x) {
        Sample sample = Sample.of("sample", x);
        double p = linearClass.norm().p();
        double columns = linearClass.norm().dual().of(sample.columnNorms());
        if (p == 1) {
            double log = Math.sqrt(2 * Math.log(2.0 * sample.width()));
            return bound(
                    linearClass.radius(), log * columns, sample, "(W/n) sqrt(2 ln(2d)) max_j ||X_j||_2", "Massart");
        }
        if (p < 2) {
            return bound(
                    linearClass.radius(),
                    khintchine(linearClass.norm().dual().p()) * columns,
                    sample,
                    "(W/n) sqrt(2) (Gamma((q+1)/2)/sqrt(pi))^(1/q) (sum_j ||X_j||_2^q)^(1/q)",
                    "Khintchine, constant of Haagerup (1981); " + AWASTHI);
        }
        return bound(linearClass.radius(), columns, sample, "(W/n) (sum_j ||X_j||_2^q)^(1/q)", "Jensen");
    }

    /**
     * Bounds how much an l_inf attack of radius {@code epsilon} adds to the complexity of a linear class on n points of
     * R^d: {@code epsilon W d^(1-1/p) E|S_n| / (2n)}, with {@code E|S_n|} of {@link RademacherSum}. It adds to the exact
     * complexity as well as to a bound of it.
     *
     * <p>The attacked class is {@code (x, y) -> min_{||delta||_inf <= epsilon} y <w, x + delta> = y <w, x> - epsilon
     * ||w||_1}. The supremum of a sum is at most the sum of suprema, and {@code ||w||_1 <= W d^(1-1/p)}.
     *
     * @param linearClass the class
     * @param x the sample, shape [n, d]; only its shape counts, its entries are checked. Not modified.
     * @param epsilon the attack radius, nonnegative and finite
     * @return the bound; 0 for {@code epsilon = 0}
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity, or if {@code
     *     epsilon} is NaN, negative or infinite
     */
    public static RademacherBound linfAttackExcess(LinearClass linearClass, INDArray x, double epsilon) {
        return attackExcess(new AdversarialLinearClass(linearClass, LpNorm.LINF, epsilon), x);
    }

    /**
     * Bounds how much an l_r attack of radius {@code epsilon} adds to the complexity of a linear class: {@code epsilon W D
     * E|S_n| / (2n)} with {@code D = max(1, d^(1-1/r-1/p))}. Proof as for {@link #linfAttackExcess}: the attack subtracts {@code
     * epsilon ||w||_{r*}}, which is at most {@code epsilon W D}.
     *
     * @param attacked the class and the attack
     * @param x the sample, shape [n, d]; only its shape counts, its entries are checked. Not modified.
     * @return the bound; 0 for {@code epsilon = 0}
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity
     */
    public static RademacherBound attackExcess(AdversarialLinearClass attacked, INDArray x) {
        Sample sample = Sample.of("sample", x);
        int n = sample.size();
        double perPoint = RademacherSum.expectedAbsolute(n) / (2.0 * n);
        double dimension = attacked.dimensionFactor(sample.width());
        double value = outward(attacked.weights().radius(), dimension * perPoint, attacked.epsilon(), n);
        String factor = Double.isInfinite(attacked.attack().p()) ? "d^(1-1/p)" : "max(1, d^(1-1/r-1/p))";
        return new RademacherBound(value, "epsilon W " + factor + " E|S_n|/(2n)", AWASTHI);
    }

    /**
     * Bounds the complexity of a linear class under an l_inf attack: {@link #linear} plus {@link #linfAttackExcess}. The
     * labels, each -1 or +1, do not enter: the bound holds for all.
     *
     * @param linearClass the class
     * @param x the sample, shape [n, d]. Not modified.
     * @param epsilon the attack radius, nonnegative and finite
     * @return the bound
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity, or if {@code
     *     epsilon} is NaN, negative or infinite
     */
    public static RademacherBound adversarialLinear(LinearClass linearClass, INDArray x, double epsilon) {
        return linear(linearClass, x).plus(linfAttackExcess(linearClass, x, epsilon));
    }

    /**
     * Bounds the complexity of a linear class under an l_r attack from both sides. With {@code R} that of the class without attack
     * and {@code E} the {@link #attackExcess}:
     *
     * <pre>{@code
     * max(R_low, E) <= R~ <= R_up + E,     R_low = (W / (sqrt(2) n)) (sum_j ||X_j||_2^q)^(1/q) <= R
     * }</pre>
     *
     * <p>Derived here. {@code R~ >= R}: the class is symmetric, so the mean of a draw and its opposite is at least the value of the
     * best w without attack. {@code R~ >= E}: for the w of largest {@code ||w||_{r*}} or its negative, {@code |<w, u>| >= 0}
     * remains beside {@code -c ||w||_{r*}}. {@code R_low}: the norm of a mean is at most the mean of the norm, and {@code E|sum_i
     * sigma_i a_i| >= ||a||_2 / sqrt(2)} (Szarek 1976). Yin, Ramchandran and Bartlett (2019, from memory) have the same shape with
     * an unspecified constant before E.
     *
     * @param attacked the class and the attack
     * @param x the sample, shape [n, d]. Not modified.
     * @return both bounds; the labels, each -1 or +1, do not enter
     * @throws IllegalArgumentException if the sample is no matrix, is empty, or holds NaN or infinity
     */
    public static TwoSidedBound adversarialLinear(AdversarialLinearClass attacked, INDArray x) {
        Sample sample = Sample.of("sample", x);
        RademacherBound excess = attackExcess(attacked, x);
        RademacherBound upper = linear(attacked.weights(), x).plus(excess);
        double columns = attacked.weights().norm().dual().of(sample.columnNorms());
        double radius = attacked.weights().radius();
        double low = sample.unscale(radius * columns / (Math.sqrt(2) * sample.size()));
        long terms = (long) sample.size() + sample.width();
        double lower = Math.max(Rounding.down(low, terms), Rounding.down(excess.value(), 2L * terms));
        return new TwoSidedBound(
                lower,
                upper,
                "max((W/(sqrt(2) n)) (sum_j ||X_j||_2^q)^(1/q), " + excess.formula() + ")",
                "derived here; shape of Yin, Ramchandran and Bartlett (2019)");
    }

    /**
     * Massart's bound for a finite class: {@code max_f ||v_f||_2 sqrt(2 ln |Q|) / n}, {@code v_f} the values of function f on
     * the n points.
     *
     * @param values the values, one row a function, shape [|Q|, n]. Not modified.
     * @return the bound; 0 for a single function, whose complexity is 0
     * @throws IllegalArgumentException if the array is no matrix, is empty, or holds NaN or infinity
     */
    public static RademacherBound finiteClass(INDArray values) {
        Sample functions = Sample.of("values", values);
        double max = 0;
        for (int f = 0; f < functions.size(); f++) {
            max = Math.max(max, LpNorm.L2.of(functions.row(f)));
        }
        double n = functions.width();
        double scaled = max * Math.sqrt(2 * Math.log(functions.size())) / n;
        double value = functions.unscale(Rounding.up(scaled, functions.width()));
        return new RademacherBound(scaled == 0 ? 0 : Math.nextUp(value), "max_f ||v_f||_2 sqrt(2 ln|Q|)/n", "Massart");
    }

    static void requireEpsilon(double epsilon) {
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "attack radius epsilon: got " + epsilon + ", wanted a nonnegative finite number");
        }
    }

    /** Haagerup's constant {@code sqrt(2) (Gamma((q+1)/2) / sqrt(pi))^(1/q)}, for {@code q >= 2}. */
    private static double khintchine(double q) {
        return Math.sqrt(2) * Math.exp((Gamma.logGamma((q + 1) / 2) - Math.log(Math.PI) / 2) / q);
    }

    private static RademacherBound bound(double radius, double scaled, Sample sample, String formula, String source) {
        double perPoint = scaled / sample.size();
        double value =
                outward(radius, perPoint, Math.scalb(1.0, sample.exponent()), (long) sample.size() + sample.width());
        return new RademacherBound(value, formula, source);
    }

    /** {@code a b c} rounded up, for b of moderate size and a, c of any; it neither overflows nor vanishes on the way. */
    private static double outward(double a, double b, double c, long terms) {
        if (b == 0 || c == 0) {
            return 0;
        }
        int ea = Math.getExponent(a);
        int ec = Math.getExponent(c);
        double mantissa = Rounding.up(Math.scalb(a, -ea) * b * Math.scalb(c, -ec), terms);
        return Math.nextUp(Math.scalb(mantissa, ea + ec));
    }
}
