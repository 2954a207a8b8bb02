package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command: its options, and what it does with them. Only the command that is called is ever built. */
public interface Command {
    /** The options and parameters; built without reflection, which would cost 40 ms. */
    CommandSpec spec();

    /**
     * Does it.
     *
     * @throws dev.settle.app.process.Failure for expected trouble
     * @throws InterruptedException when the process is to end at once
     */
    ExitStatus run(ParseResult args, App app) throws InterruptedException;
}
