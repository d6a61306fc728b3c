package org.jacreg.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One network with its recorded values; the fields are described in the README beside golden.json. */
public record GoldenCase(JsonNode json) {

    public String name() {
        return json.get("name").asText();
    }

    public int batch() {
        return json.get("batch").asInt();
    }

    public int classes() {
        return json.get("classes").asInt();
    }

    public long[] inputShape() {
        return longs(json.get("input_shape"));
    }

    public double number(String field) {
        return json.get(field).asDouble();
    }

    public INDArray array(String field) {
        return parse(json.get(field));
    }

    public INDArray parameter(String name) {
        return parse(json.get("params").get(name));
    }

    public INDArray constant(String name) {
        return parse(json.get("consts").get(name));
    }

    public List<String> parameters() {
        List<String> names = new ArrayList<>();
        json.get("params").fieldNames().forEachRemaining(names::add);
        return names;
    }

    public List<String> ops() {
        List<String> ops = new ArrayList<>();
        json.get("nodes").forEach(node -> ops.add(node.get("op").asText()));
        return ops;
    }

    public boolean probabilities() {
        return json.get("loss_kind").asText().equals("xent_probs");
    }

    /** Gradients of {@code loss}, {@code frob}, {@code l11} or {@code proj} by parameter. */
    public Map<String, INDArray> gradients(String total) {
        Map<String, INDArray> result = new LinkedHashMap<>();
        json.get("grads").get(total).properties().forEach(e -> result.put(e.getKey(), parse(e.getValue())));
        return result;
    }

    public int[] labels() {
        JsonNode node = json.get("labels");
        JsonNode data = node.has("data") ? node.get("data") : node;
        int[] result = new int[data.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = data.get(i).asInt();
        }
        return result;
    }

    public INDArray oneHot() {
        int[] labels = labels();
        INDArray result = Nd4j.zeros(DataType.DOUBLE, labels.length, classes());
        for (int i = 0; i < labels.length; i++) {
            result.putScalar(i, labels[i], 1.0);
        }
        return result;
    }

    public JsonNode attack(String name) {
        return json.get("attacks").get(name);
    }

    public static INDArray parse(JsonNode array) {
        long[] shape = longs(array.get("shape"));
        JsonNode data = array.get("data");
        double[] values = new double[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = data.get(i).asDouble();
        }
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    static long[] longs(JsonNode node) {
        long[] result = new long[node.size()];
        Arrays.setAll(result, i -> node.get(i).asLong());
        return result;
    }

    @Override
    public String toString() {
        return name();
    }
}
