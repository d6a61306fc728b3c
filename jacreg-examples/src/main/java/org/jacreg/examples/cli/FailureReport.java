package org.jacreg.examples.cli;

import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says in one line what went wrong; with {@code --verbose} also where. */
final class FailureReport implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println("jacreg: " + message(failure));
        if (command.getCommand() instanceof MnistCommand mnist && mnist.verbose()) {
            failure.printStackTrace(err);
        } else {
            err.println("(" + MnistCommand.VERBOSE + " shows where)");
        }
        return ExitCode.SOFTWARE;
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return failure instanceof FileSystemException ? failure.getClass().getSimpleName() + ": " + message : message;
    }
}
