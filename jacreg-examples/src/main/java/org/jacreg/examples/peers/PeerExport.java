package org.jacreg.examples.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jacreg.attacks.Apgd;
import org.jacreg.attacks.Attack;
import org.jacreg.attacks.AttackOutcome;
import org.jacreg.attacks.AttackResult;
import org.jacreg.attacks.Pgd;
import org.jacreg.attacks.Square;
import org.jacreg.classifier.Classifier;
import org.jacreg.examples.experiment.ExperimentListener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attacks a network and writes down everything that is needed to attack it again: {@code <weight>.npy} for each weight, {@code x.npy}
 * {@code [N, 784]}, {@code y.npy} {@code [N]}, {@code logits.npy} {@code [N, C]}, and {@code attacks.json}, a list of what was found.
 */
public final class PeerExport {

    private final Path folder;
    private final long seed;
    private final int squareQueries;
    private final ExperimentListener listener;
    private final List<AttackRecord> records = new ArrayList<>();

    /**
     * Makes the export; nothing is computed yet.
     *
     * @param folder where the files go; made if absent
     * @param seed of every attack
     * @param squareQueries the budget of Square
     * @param listener hears of progress
     */
    public PeerExport(Path folder, long seed, int squareQueries, ExperimentListener listener) {
        this.folder = folder;
        this.seed = seed;
        this.squareQueries = squareQueries;
        this.listener = listener;
    }

    /**
     * Runs the attacks and writes the files.
     *
     * @param graph the network, its weights named {@code w1, b1, ...}; not modified
     * @param x {@code [N, 784]}, pixels in {@code [0, 1]}; not modified
     * @param labels the classes; not modified
     * @param y the same, one-hot {@code [N, C]}; not modified
     * @param epsilons the l_inf radii
     * @throws IOException if writing fails
     */
    public void run(SameDiff graph, INDArray x, int[] labels, INDArray y, List<Double> epsilons) throws IOException {
        Classifier model = Classifier.of(graph).bounds(0, 1).build();
        Files.createDirectories(folder);
        for (SDVariable variable : graph.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE) {
                write(variable.name(), variable.getArr());
            }
        }
        write("x", x);
        NumpyFile.write(folder.resolve("y.npy"), labels);
        write("logits", model.logits(x));
        for (double epsilon : epsilons) {
            attackAt(epsilon, model, x, y);
        }
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        Files.writeString(folder.resolve("attacks.json"), mapper.writeValueAsString(records) + "\n");
    }

    private void write(String name, INDArray array) throws IOException {
        NumpyFile.write(folder.resolve(name + ".npy"), array.dup('c').data().asFloat(), array.shape());
    }

    private void attackAt(double epsilon, Classifier model, INDArray x, INDArray y) {
        pgd(epsilon, 1, model, x, y);
        pgd(epsilon, 5, model, x, y);
        apgd(epsilon, Apgd.Loss.CROSS_ENTROPY, model, x, y);
        apgd(epsilon, Apgd.Loss.DLR, model, x, y);
        Map<String, Object> square = Map.of("epsilon", epsilon, "queries", squareQueries, "seed", seed);
        attack(
                "square",
                square,
                Square.linf(epsilon).queries(squareQueries).seed(seed).build(),
                model,
                x,
                y);
    }

    private void pgd(double epsilon, int restarts, Classifier model, INDArray x, INDArray y) {
        Pgd pgd = Pgd.linf(epsilon).steps(40).restarts(restarts).seed(seed).build();
        Map<String, Object> options = Map.of(
                "epsilon",
                epsilon,
                "steps",
                pgd.options().steps(),
                "step_size",
                pgd.options().stepSize(),
                "restarts",
                restarts,
                "seed",
                seed);
        attack("pgd", options, pgd, model, x, y);
    }

    private void apgd(double epsilon, Apgd.Loss loss, Classifier model, INDArray x, INDArray y) {
        Apgd apgd = Apgd.linf(epsilon).loss(loss).seed(seed).build();
        Map<String, Object> options = Map.of(
                "epsilon",
                epsilon,
                "iterations",
                apgd.options().iterations(),
                "restarts",
                apgd.options().restarts(),
                "loss",
                loss.toString(),
                "seed",
                seed);
        attack("apgd", options, apgd, model, x, y);
    }

    private void attack(
            String name, Map<String, Object> options, Attack attack, Classifier model, INDArray x, INDArray y) {
        listener.stage(attack.toString(), 1);
        long start = System.nanoTime();
        AttackResult result = attack.attack(model, x, y);
        double seconds = (System.nanoTime() - start) / 1e9;
        records.add(new AttackRecord(
                name,
                options,
                seconds,
                result.outcomes().stream().map(AttackOutcome::success).toList(),
                result.outcomes().stream().map(AttackOutcome::extremeLoss).toList()));
        listener.done("robust accuracy " + result.robustAccuracy());
    }
}
