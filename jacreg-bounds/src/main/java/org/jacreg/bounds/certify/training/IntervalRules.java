package org.jacreg.bounds.certify.training;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An immutable registry of what ops do to intervals, by op name. */
final class IntervalRules {

    private final Map<String, IntervalRule> rules;

    private IntervalRules(Map<String, IntervalRule> rules) {
        this.rules = Collections.unmodifiableMap(rules);
    }

    static IntervalRules standard() {
        Map<String, IntervalRule> rules = new TreeMap<>();
        for (String name : new String[] {
            "tanh",
            "sigmoid",
            "softplus",
            "selu",
            "softsign",
            "hardtanh",
            "hard_sigmoid",
            "identity",
            "cast",
            "reshape",
            "expand_dims",
            "squeeze",
            "flatten_2d",
            "permute",
            "transpose",
            "maxpool2d",
            "avgpool2d",
            "reduce_mean",
            "reduce_max",
            "biasadd",
            "add_scalar",
            "sub_scalar"
        }) {
            rules.put(name, MonotoneRule.rising());
        }
        for (String name : new String[] {"add", "mergeadd", "concat"}) {
            rules.put(name, new MonotoneRule((site, input) -> 1));
        }
        rules.put("subtract", new MonotoneRule((site, input) -> input == 0 ? 1 : -1));
        rules.put("reversesubtract", new MonotoneRule((site, input) -> input == 0 ? -1 : 1));
        for (String name : new String[] {"neg", "rsub_scalar"}) {
            rules.put(name, new MonotoneRule((site, input) -> -1));
        }
        for (String name : new String[] {"mul_scalar", "div_scalar"}) {
            rules.put(name, new MonotoneRule((site, input) -> (int) Math.signum(site.scalar())));
        }
        // below another cutoff than 0 the op jumps
        for (String name : new String[] {"relu", "relu6"}) {
            rules.put(name, new MonotoneRule((site, input) -> site.scalar() == 0 ? 1 : 0));
        }
        rules.put("leakyrelu", new MonotoneRule((site, input) -> site.scalar() >= 0 ? 1 : 0));
        rules.put("elu", new MonotoneRule((site, input) -> site.setting(0, 1) >= 0 ? 1 : 0));
        rules.put("multiply", new ScalingRule(false));
        rules.put("divide", new ScalingRule(true));
        rules.put("realdiv", new ScalingRule(true));
        rules.put("matmul", LinearRule.PRODUCT);
        rules.put("xw_plus_b", LinearRule.DENSE);
        rules.put("relu_layer", LinearRule.DENSE_RECTIFIED);
        rules.put("conv1d", LinearRule.CONVOLUTION);
        rules.put("conv2d", LinearRule.CONVOLUTION);
        return new IntervalRules(rules);
    }

    Optional<IntervalRule> find(String opName) {
        return Optional.ofNullable(rules.get(opName));
    }
}
