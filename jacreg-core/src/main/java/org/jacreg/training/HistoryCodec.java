package org.jacreg.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.listeners.records.EvaluationRecord;
import org.nd4j.evaluation.BaseEvaluation;
import org.nd4j.evaluation.IEvaluation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The part of a checkpoint that is not arrays, as bytes. Doubles go through bit by bit, evaluations as ND4J's JSON. */
final class HistoryCodec {

    private HistoryCodec() {}

    static void write(DataOutputStream out, CheckpointState state) throws IOException {
        out.writeInt(state.iterationCount());
        out.writeInt(state.epochCount());
        out.writeLong(state.random().root());
        out.writeLong(state.random().node());
        out.writeUTF(state.updater());
        out.writeInt(state.epochs().size());
        for (EpochRecord epoch : state.epochs()) {
            writeEpoch(out, epoch);
        }
        StoppingRule.State stopping = state.stopping();
        out.writeBoolean(stopping != null);
        if (stopping != null) {
            out.writeDouble(stopping.bestValue());
            out.writeInt(stopping.bestEpoch());
            out.writeInt(stopping.stale());
        }
        out.writeUTF(state.averages().rule());
        out.writeInt(state.averages().count());
    }

    static CheckpointState read(
            DataInputStream in,
            Map<String, INDArray> weights,
            Map<String, INDArray> updater,
            Map<String, INDArray> best,
            Map<String, INDArray> averages,
            Map<String, INDArray> objective)
            throws IOException {
        int iterationCount = in.readInt();
        int epochCount = in.readInt();
        RandomState random = new RandomState(in.readLong(), in.readLong());
        String settings = in.readUTF();
        List<EpochRecord> epochs = new ArrayList<>();
        for (int i = in.readInt(); i > 0; i--) {
            epochs.add(readEpoch(in));
        }
        StoppingRule.State stopping =
                in.readBoolean() ? new StoppingRule.State(in.readDouble(), in.readInt(), in.readInt()) : null;
        AveragedWeights.State average = new AveragedWeights.State(in.readUTF(), in.readInt(), averages);
        return new CheckpointState(
                iterationCount,
                epochCount,
                random,
                settings,
                epochs,
                stopping,
                weights,
                updater,
                best,
                average,
                objective);
    }

    private static void writeEpoch(DataOutputStream out, EpochRecord epoch) throws IOException {
        out.writeInt(epoch.epoch());
        out.writeInt(epoch.steps());
        writeNumbers(out, epoch.losses());
        writeNumbers(out, epoch.regularization());
        writeNumbers(out, epoch.penalties());
        out.writeDouble(epoch.learningRate());
        writeEvaluations(out, epoch.evaluations());
        out.writeBoolean(epoch.validation().isPresent());
        if (epoch.validation().isPresent()) {
            ValidationRecord validation = epoch.validation().get();
            writeNumbers(out, validation.losses());
            writeEvaluations(out, validation.evaluations());
            out.writeDouble(validation.seconds());
        }
        out.writeDouble(epoch.seconds());
    }

    private static EpochRecord readEpoch(DataInputStream in) throws IOException {
        return new EpochRecord(
                in.readInt(),
                in.readInt(),
                readNumbers(in),
                readNumbers(in),
                readNumbers(in),
                in.readDouble(),
                readEvaluations(in),
                in.readBoolean()
                        ? Optional.of(new ValidationRecord(readNumbers(in), readEvaluations(in), in.readDouble()))
                        : Optional.empty(),
                in.readDouble());
    }

    private static void writeNumbers(DataOutputStream out, Map<String, Double> numbers) throws IOException {
        out.writeInt(numbers.size());
        for (Map.Entry<String, Double> number : numbers.entrySet()) {
            out.writeUTF(number.getKey());
            out.writeDouble(number.getValue());
        }
    }

    private static Map<String, Double> readNumbers(DataInputStream in) throws IOException {
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            numbers.put(in.readUTF(), in.readDouble());
        }
        return numbers;
    }

    @SuppressWarnings("rawtypes") // as ND4J declares them
    private static void writeEvaluations(DataOutputStream out, EvaluationRecord record) throws IOException {
        Map<String, List<IEvaluation>> evaluations = record.evaluations();
        out.writeInt(evaluations.size());
        for (Map.Entry<String, List<IEvaluation>> entry : evaluations.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeInt(entry.getValue().size());
            for (IEvaluation evaluation : entry.getValue()) {
                // Longer than writeUTF takes, for many classes.
                byte[] json = evaluation.toJson().getBytes(StandardCharsets.UTF_8);
                out.writeInt(json.length);
                out.write(json);
            }
        }
    }

    @SuppressWarnings("rawtypes")
    private static EvaluationRecord readEvaluations(DataInputStream in) throws IOException {
        Map<String, List<IEvaluation>> evaluations = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            String variable = in.readUTF();
            List<IEvaluation> list = new ArrayList<>();
            for (int j = in.readInt(); j > 0; j--) {
                byte[] json = new byte[in.readInt()];
                in.readFully(json);
                list.add(BaseEvaluation.fromJson(new String(json, StandardCharsets.UTF_8), IEvaluation.class));
            }
            evaluations.put(variable, list);
        }
        return new EvaluationRecord(evaluations);
    }
}
