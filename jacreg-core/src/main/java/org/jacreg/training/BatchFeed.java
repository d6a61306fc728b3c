package org.jacreg.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Maps the arrays of a data set to placeholders, as the training configuration says, in the placeholders' types. */
final class BatchFeed {

    private final SameDiff sd;
    private final List<String> features;
    private final List<String> labels;
    private final List<@Nullable String> featureMasks;
    private final List<@Nullable String> labelMasks;

    BatchFeed(SameDiff sd) {
        this.sd = sd;
        TrainingConfig config = configOf(sd);
        this.features = orEmpty(config.getDataSetFeatureMapping());
        this.labels = orEmpty(config.getDataSetLabelMapping());
        this.featureMasks = orEmpty(config.getDataSetFeatureMaskMapping());
        this.labelMasks = orEmpty(config.getDataSetLabelMaskMapping());
        if (features.isEmpty()) {
            throw new IllegalStateException(
                    "the training configuration maps no features: set dataSetFeatureMapping(\"x\") in its builder");
        }
    }

    static TrainingConfig configOf(SameDiff sd) {
        TrainingConfig config = sd.getTrainingConfig();
        if (config == null) {
            throw new IllegalStateException("the graph has no training configuration: call"
                    + " sd.setTrainingConfig(TrainingConfig.builder().updater(...).dataSetFeatureMapping(...)"
                    + ".dataSetLabelMapping(...).build())");
        }
        return config;
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    /** The number of feature arrays, label arrays, feature masks and label masks that are mapped. */
    int[] counts() {
        return new int[] {features.size(), labels.size(), featureMasks.size(), labelMasks.size()};
    }

    /** A value for each mapped name; the data set's own array where it has the right type. */
    Map<String, INDArray> placeholders(MultiDataSet batch) {
        requireCount("feature", features, batch.numFeatureArrays());
        requireCount("label", labels, batch.numLabelsArrays());
        Map<String, INDArray> values = new LinkedHashMap<>();
        put(values, "features", features, batch.getFeatures());
        put(values, "labels", labels, batch.getLabels());
        put(values, "feature masks", featureMasks, batch.getFeaturesMaskArrays());
        put(values, "label masks", labelMasks, batch.getLabelsMaskArrays());
        return values;
    }

    private static void requireCount(String kind, List<String> names, int given) {
        if (names.size() != given) {
            throw new IllegalArgumentException("the training configuration maps " + names.size() + " " + kind
                    + " arrays, to " + names + ", but the data set has " + given);
        }
    }

    private void put(
            Map<String, INDArray> values,
            String kind,
            List<? extends @Nullable String> names,
            INDArray @Nullable [] arrays) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name == null) {
                continue;
            }
            INDArray array = arrays == null || i >= arrays.length ? null : arrays[i];
            if (array == null) {
                throw new IllegalArgumentException("the data set has no " + kind + " number " + i
                        + ", which the training configuration maps to '" + name + "'");
            }
            if (!sd.hasVariable(name)) {
                throw new IllegalStateException("the training configuration maps " + kind + " to '" + name
                        + "', which is no variable of the graph");
            }
            DataType type = sd.getVariable(name).dataType();
            values.put(name, array.dataType() == type ? array : array.castTo(type));
        }
    }
}
