package org.jacreg.bounds.certify.estimate;

import java.util.Arrays;
import org.apache.commons.math3.analysis.UnivariateFunction;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.distribution.WeibullDistribution;
import org.apache.commons.math3.exception.MathIllegalArgumentException;
import org.apache.commons.math3.exception.MathIllegalStateException;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;

/**
 * The reverse Weibull distribution fitted to maxima by the method of maximum likelihood: {@code P(Y <= y) = exp(-((a - y) / s)^k)} for
 * {@code y < a}.
 *
 * <p>For a location a above all maxima, {@code t_i = a - Y_i} is a Weibull sample, whose shape k solves {@code sum t^k ln t / sum t^k - 1/k =
 * mean ln t}, and {@code s = (mean t^k)^(1/k)}. The likelihood that is left, a function of a alone, is searched on a logarithmic grid and
 * refined around its best point. Shapes below 1 are no candidates: the likelihood is unbounded there as a comes down to the largest
 * maximum.
 */
final class ReverseWeibull {

    /** Below this the maxima are equal to rounding, or the fit is refused. */
    static final double LEAST_P_VALUE = 0.001;

    private static final double LEAST_SPREAD = 1e-6;
    private static final int GRID = 60;
    private static final double NEAREST = 1e-5;
    private static final double FURTHEST = 1e3;
    private static final double LARGEST_SHAPE = 1e5;
    private static final KolmogorovSmirnovTest TEST = new KolmogorovSmirnovTest();

    private final double[] maxima;
    private final double top;
    private final double spread;

    private ReverseWeibull(double[] maxima) {
        this.maxima = maxima;
        this.top = StatUtils.max(maxima);
        this.spread = top - StatUtils.min(maxima);
    }

    /** Fits, or falls back to the largest maximum. */
    static LipschitzEstimate fit(double[] maxima) {
        ReverseWeibull problem = new ReverseWeibull(maxima);
        double top = problem.top;
        if (!(problem.spread > LEAST_SPREAD * top)) {
            return new LipschitzEstimate(top, top, Double.NaN, Double.NaN, LipschitzEstimate.Source.EQUAL_MAXIMA);
        }
        double offset = problem.bestOffset();
        double p = problem.pValue(offset);
        double shape = Double.isNaN(offset) ? Double.NaN : problem.shape(problem.distances(offset));
        return p >= LEAST_P_VALUE
                ? new LipschitzEstimate(
                        top + offset * problem.spread, top, shape, p, LipschitzEstimate.Source.FITTED_LOCATION)
                : new LipschitzEstimate(top, top, shape, p, LipschitzEstimate.Source.LARGEST_MAXIMUM);
    }

    /** The location above the largest maximum, in units of the spread; NaN if no candidate has a likelihood. */
    private double bestOffset() {
        double step = Math.log(FURTHEST / NEAREST) / (GRID - 1);
        double best = Double.NaN;
        double value = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < GRID; i++) {
            double at = Math.log(NEAREST) + i * step;
            double here = profile(at);
            if (here > value) {
                value = here;
                best = at;
            }
        }
        if (Double.isNaN(best)) {
            return best;
        }
        double refined = new BrentOptimizer(1e-10, 1e-12)
                .optimize(
                        new MaxEval(200),
                        GoalType.MAXIMIZE,
                        new UnivariateObjectiveFunction(this::profile),
                        new SearchInterval(best - step, best + step, best))
                .getPoint();
        return Math.exp(profile(refined) > value ? refined : best);
    }

    /** The profile log-likelihood, a function of the offset's logarithm, up to a constant. */
    private double profile(double logOffset) {
        double offset = Math.exp(logOffset);
        double[] t = distances(offset);
        double shape = shape(t);
        // t is in units of 1 + offset spreads, and a density is one of its unit
        return Double.isNaN(shape) ? -1e300 : logLikelihood(t, shape) - t.length * Math.log1p(offset);
    }

    private static double logLikelihood(double[] t, double shape) {
        double logs = 0;
        double powers = 0;
        for (double v : t) {
            logs += Math.log(v);
            powers += Math.pow(v, shape);
        }
        int n = t.length;
        double logScale = Math.log(powers / n) / shape;
        return n * Math.log(shape) - n * shape * logScale + (shape - 1) * logs - n;
    }

    /** {@code t = a - Y}, in units such that the largest is 1. */
    private double[] distances(double offset) {
        double a = top + offset * spread;
        double largest = a - (top - spread);
        return Arrays.stream(maxima).map(y -> (a - y) / largest).toArray();
    }

    /** The shape of the best Weibull distribution for t, all in (0, 1]; NaN where it is below 1 or beyond all bounds. */
    private double shape(double[] t) {
        double mean = Arrays.stream(t).map(Math::log).average().orElseThrow();
        UnivariateFunction equation = k -> {
            double weighted = 0;
            double powers = 0;
            for (double v : t) {
                double power = Math.pow(v, k);
                weighted += power * Math.log(v);
                powers += power;
            }
            return weighted / powers - 1 / k - mean;
        };
        // increasing in k
        if (!(equation.value(1) <= 0) || !(equation.value(LARGEST_SHAPE) >= 0)) {
            return Double.NaN;
        }
        try {
            return new BrentSolver(1e-12, 1e-12).solve(500, equation, 1, LARGEST_SHAPE);
        } catch (MathIllegalStateException | MathIllegalArgumentException e) {
            return Double.NaN;
        }
    }

    private double pValue(double offset) {
        if (Double.isNaN(offset)) {
            return Double.NaN;
        }
        double[] t = distances(offset);
        double shape = shape(t);
        if (Double.isNaN(shape)) {
            return Double.NaN;
        }
        double mean = Arrays.stream(t).map(v -> Math.pow(v, shape)).average().orElseThrow();
        return TEST.kolmogorovSmirnovTest(new WeibullDistribution(shape, Math.pow(mean, 1 / shape)), t, false);
    }
}
