package org.jacreg.examples.comparison;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The ways of training that are compared, in the order of the table.
 *
 * <p>Each has one strength, chosen from a list on a validation split; the two without a choice have the list {@code [0]}. Everything
 * else is as published, and equal for all: network, digits, batches, optimiser, inner attack.
 */
public enum Method {
    /** Cross-entropy alone. */
    CE("CE", "cross-entropy alone", "", 0),
    /** Cross-entropy on PGD's points (Madry et al. 2018). */
    PGD_AT("PGD-AT", "cross-entropy at PGD's points", "", 0),
    /** Cross-entropy and a divergence (Zhang et al. 2019). */
    TRADES("TRADES", "cross-entropy + beta KL", "beta", 1, 3, 6),
    /** Boosted cross-entropy under attack and a weighted divergence (Wang et al. 2020). */
    MART("MART", "boosted cross-entropy at PGD's points + beta KL (1 - p_y(x))", "beta", 0.5, 1, 2.5, 5),
    /** Smoothed cross-entropy and a divergence weighted by the attacked probability (Yang et al. 2023). */
    AROW("ARoW", "smoothed cross-entropy + 2 lambda KL (1 - p_y(x'))", "lambda", 0.75, 1.5, 3, 6),
    /** TRADES with helper examples (Rade and Moosavi-Dezfooli 2022). */
    HAT("HAT", "cross-entropy + beta KL + 0.5 cross-entropy at helper examples", "beta", 1, 2.5, 5, 10),
    /** Cross-entropy and the squared Frobenius norm of the Jacobian (Hoffman et al. 2019). */
    FROBENIUS("Jacobian F", "cross-entropy + lambda ||J||_F^2", "lambda", 0.03, 0.1, 0.3, 1),
    /** Cross-entropy and the (1,1)-norm of the Jacobian (Wu and Li 2024). */
    L11("Jacobian l11", "cross-entropy + lambda ||J||_1,1", "lambda", 0.003, 0.01, 0.03),
    /** ARoW with a Jacobian penalty in one loss. */
    AROW_FROBENIUS("ARoW + Jacobian F", "ARoW, as chosen above, + lambda ||J||_F^2", "lambda", 0.003, 0.01, 0.03);

    private final String label;
    private final String description;
    private final String strengthName;

    @SuppressWarnings("ImmutableEnumChecker") // made by toList
    private final List<Double> candidates;

    Method(String label, String description, String strengthName, double... candidates) {
        this.label = label;
        this.description = description;
        this.strengthName = strengthName;
        this.candidates = Arrays.stream(candidates).boxed().toList();
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
     * What is minimised.
     *
     * @return a phrase in plain text
     */
    public String description() {
        return description;
    }

    /**
     * The name of the strength.
     *
     * @return empty if there is none
     */
    public String strengthName() {
        return strengthName;
    }

    /**
     * The strengths that tuning tries, in increasing order.
     *
     * @return at least one value
     */
    public List<Double> candidates() {
        return candidates;
    }

    /**
     * The name on the command line, in files and in JSON.
     *
     * @return lower case, with dashes
     */
    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a method by its name.
     *
     * @param id as {@link #id} gives it
     * @return the method
     * @throws IllegalArgumentException if there is none of that name
     */
    @JsonCreator
    public static Method of(String id) {
        return Arrays.stream(values())
                .filter(method -> method.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("method: expected one of "
                        + Arrays.stream(values()).map(Method::id).toList() + ", got " + id));
    }
}
