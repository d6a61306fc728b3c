package org.jacreg.benchmarks.cli;

import org.jacreg.benchmarks.backend.BackendAdvice;
import org.jacreg.benchmarks.growth.GrowthCommand;
import org.jacreg.benchmarks.paired.MemoryCommand;
import org.jacreg.benchmarks.paired.PairedComparison;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Starts the comparisons; {@code --help} lists them. */
@Command(
        name = "benchmarks",
        header = "Comparisons that run in processes of their own, and their plots.",
        mixinStandardHelpOptions = true,
        subcommands = {PairedComparison.class, MemoryCommand.class, BackendAdvice.class, GrowthCommand.class})
public final class Main {

    private Main() {}

    /**
     * Runs a command.
     *
     * @param args its name and options
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
