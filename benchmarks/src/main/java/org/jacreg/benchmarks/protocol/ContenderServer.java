package org.jacreg.benchmarks.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers commands on standard input for one contender. */
public final class ContenderServer {

    private final Contender contender;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<Variant, Runnable> prepared = new HashMap<>();

    /**
     * A server.
     *
     * @param contender what computes
     */
    public ContenderServer(Contender contender) {
        this.contender = contender;
    }

    /**
     * Answers until {@code quit} or the end of the input. Whatever else is printed goes to standard error meanwhile.
     *
     * @throws IOException if the input fails
     */
    public void serve() throws IOException {
        PrintStream replies = System.out;
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null && !line.equals("quit"); line = commands.readLine()) {
            replies.println(reply(line));
            replies.flush();
        }
    }

    private String reply(String line) throws JsonProcessingException {
        try {
            return mapper.writeValueAsString(answer(line.split(" ", -1)));
        } catch (RuntimeException | LinkageError e) {
            return mapper.writeValueAsString(Map.of("error", line + ": " + e));
        }
    }

    private Map<String, ?> answer(String[] words) {
        return switch (words[0]) {
            case "describe" -> contender.describe();
            case "list" ->
                Map.of(
                        "variants",
                        contender.variants().stream().map(Variant::toString).toList());
            case "check" -> Map.of("worst", contender.check());
            case "time" -> Map.of("ms", time(new Variant(words[1], words[2], words[3]), Integer.parseInt(words[4])));
            default ->
                throw new IllegalArgumentException("unknown command; known are describe, list, check, time, quit");
        };
    }

    private List<Double> time(Variant variant, int count) {
        Runnable task = prepared.computeIfAbsent(variant, contender::prepare);
        List<Double> times = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            task.run();
            times.add((System.nanoTime() - start) / 1e6);
        }
        return times;
    }
}
