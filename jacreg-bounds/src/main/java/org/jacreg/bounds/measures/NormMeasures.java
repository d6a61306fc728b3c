package org.jacreg.bounds.measures;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jacreg.bounds.covering.NetworkCovers;
import org.jacreg.bounds.network.LayerNorms;
import org.jacreg.bounds.network.LayeredNetwork;
import org.jacreg.bounds.network.NetworkNorms;
import org.jspecify.annotations.Nullable;

/**
 * Measures of complexity made of the norms of a network's weights.
 *
 * <p>With {@code s_l = ||W_l||_op}, {@code m_l = ||W_l||_F}, {@code D_l = ||W_l - W_l(0)||_F} the distance from the initial
 * weights, {@code gamma} a margin. Convolutions count as the linear maps that they are, batch normalisation is folded, biases are left
 * out; the reference code of Dziugaite et al. (2020) takes reshaped kernels instead. Products are given as logarithms of
 * their squares.
 *
 * <p>Sources: Jiang et al. (2020), "Fantastic generalization measures and where to find them"; Dziugaite et al. (2020), "In
 * search of robust measures of generalization"; Bartlett, Foster and Telgarsky (2017) for {@code R_A}.
 */
public final class NormMeasures {

    private static final String FANTASTIC = "Jiang et al. 2020";
    private static final String ROBUST_MEASURES = "Dziugaite et al. 2020";
    private static final String SPECTRAL = "Bartlett, Foster and Telgarsky 2017";

    private final NetworkNorms norms;
    private final @Nullable List<LayerNorms> distances;
    private final double logPathNorm;
    private final double margin;
    private final List<Measure> measures = new ArrayList<>();

    private NormMeasures(LayeredNetwork network, @Nullable LayeredNetwork initial, double margin) {
        if (!(margin > 0 && margin < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("margin: got " + margin
                    + ", wanted a positive finite number; take a quantile of the training margins that is positive, or leave"
                    + " the margin out");
        }
        this.norms = network.norms();
        this.distances = initial == null ? null : network.distances(initial, false);
        this.logPathNorm = network.logSquaredPathNorm();
        this.margin = margin;
    }

    /**
     * Measures of a network.
     *
     * @param network the network
     * @param margin the margin that measures are divided by, positive; 1 for none
     * @return the measures, always in the same order
     * @throws IllegalArgumentException if {@code margin} is NaN, infinite or not positive, or a layer is all zeros
     */
    public static List<Measure> of(LayeredNetwork network, double margin) {
        return new NormMeasures(network, null, margin).all();
    }

    /**
     * Measures of a network that also know where training started.
     *
     * @param network the network
     * @param initial the network before training; of the same structure
     * @param margin the margin that measures are divided by, positive; 1 for none
     * @return those of {@link #of(LayeredNetwork, double)} and, behind them, those of the distance
     * @throws IllegalArgumentException as {@link #of(LayeredNetwork, double)}, or if the structures differ
     */
    public static List<Measure> of(LayeredNetwork network, LayeredNetwork initial, double margin) {
        return new NormMeasures(network, initial, margin).all();
    }

    private static LayerNorms requireWeights(LayerNorms layer) {
        if (layer.operator() == 0) {
            throw new IllegalArgumentException("layer '" + layer.name()
                    + "': all weights are 0, so ratios of its norms are undefined; the network gives a constant");
        }
        return layer;
    }

    private List<Measure> all() {
        norms.layers().forEach(NormMeasures::requireWeights);
        double logSpectral = sum(layer -> 2 * Math.log(layer.operator()));
        double logFrobenius = sum(layer -> 2 * Math.log(layer.frobenius()));
        double logMargin = 2 * Math.log(margin);
        double stableRanks = sum(layer -> square(layer.frobenius() / layer.operator()));
        int depth = norms.depth();
        add("parameters", (double) norms.parameters(), "number of weights", FANTASTIC);
        add("inverse margin squared", 1 / square(margin), "1 / gamma^2", FANTASTIC);
        add("log prod spectral", logSpectral, "sum ln s_l^2", FANTASTIC);
        add("log prod spectral over margin", logSpectral - logMargin, "sum ln s_l^2 - ln gamma^2", FANTASTIC);
        add("log prod Frobenius", logFrobenius, "sum ln m_l^2", FANTASTIC);
        add("log prod Frobenius over margin", logFrobenius - logMargin, "sum ln m_l^2 - ln gamma^2", FANTASTIC);
        add("sum of spectral", depth * Math.exp(logSpectral / depth), "L (prod s_l^2)^{1/L}", FANTASTIC);
        add("sum of Frobenius", depth * Math.exp(logFrobenius / depth), "L (prod m_l^2)^{1/L}", FANTASTIC);
        add("squared weights", sum(layer -> square(layer.frobenius())), "sum m_l^2", FANTASTIC);
        add("stable ranks", stableRanks, "sum m_l^2 / s_l^2", FANTASTIC);
        add(
                "log prod spectral times stable ranks over margin",
                logSpectral - logMargin + Math.log(stableRanks),
                "ln( prod s_l^2 sum (m_l^2 / s_l^2) / gamma^2 )",
                "Neyshabur, Bhojanapalli and Srebro 2018");
        add("log path norm", logPathNorm, "ln( sum over paths of prod w^2 )", ROBUST_MEASURES);
        add(
                "log path norm over margin",
                logPathNorm - logMargin,
                "ln( sum over paths of prod w^2 / gamma^2 )",
                ROBUST_MEASURES);
        add("Lipschitz constant", norms.lipschitz(), "prod s_l and of activations and poolings", SPECTRAL);
        add(
                "spectral complexity",
                NetworkCovers.spectralComplexity(norms, norms.layers()),
                "prod s_l (sum (||W_l^T||_{2,1} / s_l)^{2/3})^{3/2}",
                SPECTRAL);
        if (distances != null) {
            addDistances(distances, logSpectral - logMargin);
        }
        return List.copyOf(measures);
    }

    private void addDistances(List<LayerNorms> apart, double logSpectral) {
        double ratios = 0;
        double squares = 0;
        double spectral = 0;
        for (int l = 0; l < apart.size(); l++) {
            ratios += square(apart.get(l).frobenius() / norms.layers().get(l).operator());
            squares += square(apart.get(l).frobenius());
            spectral += square(apart.get(l).operator());
        }
        add("distance from initialisation", Math.sqrt(squares), "sqrt( sum D_l^2 )", FANTASTIC);
        add("spectral distance squared", spectral, "sum ||W_l - W_l(0)||_op^2", FANTASTIC);
        add("distance over spectral", ratios, "sum D_l^2 / s_l^2", FANTASTIC);
        add(
                "log prod spectral times distance over margin",
                logSpectral + Math.log(ratios),
                "ln( prod s_l^2 sum (D_l^2 / s_l^2) / gamma^2 )",
                FANTASTIC);
        add(
                "spectral complexity from initialisation",
                NetworkCovers.spectralComplexity(norms, apart),
                "prod s_l (sum (||W_l^T - W_l(0)^T||_{2,1} / s_l)^{2/3})^{3/2}",
                SPECTRAL);
    }

    private void add(String name, double value, String formula, String source) {
        measures.add(new Measure(name, value, formula, source));
    }

    private double sum(ToDoubleFunction<LayerNorms> term) {
        return norms.layers().stream().mapToDouble(term).sum();
    }

    private static double square(double x) {
        return x * x;
    }
}
