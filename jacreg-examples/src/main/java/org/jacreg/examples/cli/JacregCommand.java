package org.jacreg.examples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code jacreg}: does nothing itself, has the others under it. */
@Command(
        name = "jacreg",
        description = "Jacobian regularization: experiments.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            MnistCommand.class,
            RobustTrainingCommand.class,
            GeneralizationCommand.class,
            CertificationCommand.class,
            AttackComparisonCommand.class,
            PeerExportCommand.class
        })
final class JacregCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run()
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Name a command: mnist, robust-training, generalization, certification, attack-comparison, peer-export");
    }
}
