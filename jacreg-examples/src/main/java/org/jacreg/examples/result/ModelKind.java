package org.jacreg.examples.result;

/** The ways of training that the experiment compares, in the order of its table. */
public enum ModelKind {
    /** Cross-entropy alone. */
    PLAIN("plain", "cross-entropy alone"),
    /** Cross-entropy plus {@code lambda ||J||_F^2}. */
    FROBENIUS("frobenius", "cross-entropy + lambda ||J||_F^2"),
    /** Cross-entropy plus {@code lambda ||J||_{1,1}}. */
    L11("l11", "cross-entropy + lambda ||J||_1,1"),
    /** Cross-entropy of examples that PGD found against the model as it trains. */
    PGD_AT("pgd-at", "adversarial training: cross-entropy of PGD examples"),
    /** TRADES (Zhang et al. 2019). */
    TRADES("trades", "TRADES: cross-entropy + beta KL between clean and attacked"),
    /** MART (Wang et al. 2020). */
    MART("mart", "MART: boosted cross-entropy of PGD examples + beta KL (1 - p_y)"),
    /** ARoW (Yang et al. 2023). */
    AROW("arow", "ARoW: smoothed cross-entropy + 2 lambda KL (1 - attacked p_y)"),
    /** Training with interval bounds (Gowal et al. 2018). */
    IBP("ibp", "verified training: cross-entropy, half of it bounded over the ball by intervals");

    private final String label;
    private final String description;

    ModelKind(String label, String description) {
        this.label = label;
        this.description = description;
    }

    /**
     * The short name.
     *
     * @return as it stands in the table
     */
    public String label() {
        return label;
    }

    /**
     * What the model is trained with.
     *
     * @return a phrase in plain text
     */
    public String description() {
        return description;
    }
}
