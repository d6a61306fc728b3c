package org.jacreg.benchmarks.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A contender in a process of its own. It computes only while a call here waits for it. */
public final class ContenderProcess implements AutoCloseable {

    private final ObjectMapper mapper = new ObjectMapper();
    private final Process process;
    private final BufferedReader replies;
    private final BufferedWriter commands;

    /**
     * Starts the process; its standard error goes to ours.
     *
     * @param command the program and its arguments
     * @param environment added to ours; an empty value takes a variable away
     * @throws IOException if it cannot be started
     */
    public ContenderProcess(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        builder.environment().values().removeIf(String::isEmpty);
        process = builder.start();
        replies = process.inputReader();
        commands = process.outputWriter();
    }

    /**
     * The process.
     *
     * @return its id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * What it is.
     *
     * @return names and values
     * @throws IOException if it fails
     */
    public Map<String, String> describe() throws IOException {
        Map<String, String> description = new LinkedHashMap<>();
        ask("describe")
                .properties()
                .forEach(e -> description.put(e.getKey(), e.getValue().asText()));
        return description;
    }

    /**
     * What it can do.
     *
     * @return all variants
     * @throws IOException if it fails
     */
    public List<Variant> variants() throws IOException {
        List<Variant> variants = new ArrayList<>();
        ask("list").get("variants").forEach(v -> variants.add(Variant.parse(v.asText())));
        return variants;
    }

    /**
     * Lets it compare its exact variants.
     *
     * @return the largest relative difference
     * @throws IOException if it fails, or finds too large a difference
     */
    public double check() throws IOException {
        return ask("check").get("worst").asDouble();
    }

    /**
     * Lets it compute.
     *
     * @param variant what
     * @param count how often, at least 1
     * @return milliseconds, one number a repetition
     * @throws IOException if it fails
     */
    public List<Double> time(Variant variant, int count) throws IOException {
        List<Double> times = new ArrayList<>(count);
        ask("time " + variant + " " + count).get("ms").forEach(ms -> times.add(ms.asDouble()));
        return times;
    }

    private JsonNode ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        @Nullable String line = replies.readLine();
        while (line != null && !line.startsWith("{")) {
            line = replies.readLine();
        }
        if (line == null) {
            throw new IOException("the process ended at '" + command + "', see its messages above");
        }
        JsonNode reply = mapper.readTree(line);
        if (reply.has("error")) {
            throw new IOException(reply.get("error").asText());
        }
        return reply;
    }

    @Override
    public void close() {
        try {
            commands.write("quit\n");
            commands.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroy();
            }
        } catch (IOException e) {
            process.destroy(); // It has ended already, or does not listen.
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
