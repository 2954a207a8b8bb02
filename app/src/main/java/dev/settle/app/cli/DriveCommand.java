package dev.settle.app.cli;

import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.BackgroundEngine;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.FollowUp;
import dev.settle.app.reader.OnSignal;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.reader.RunReader;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.stepqueue.StartMode;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.RunState;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle drive}, started by submit and not by users: the background engine, or that of one run alone. */
final class DriveCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "drive", "[RUN]", "Advances the runs that were handed to the background engine; not for users.")
                .word("RUN", "Only this run, which a step queue feeds with the token of this environment.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        Invocation invocation = new Invocation(app);
        Optional<String> alone = Options.words(args).stream().findFirst();
        return alone.isPresent()
                ? manageFed(
                        invocation,
                        SharedOptions.style(args, app),
                        invocation.runs().find(alone))
                : new BackgroundEngine(invocation).run();
    }

    private static ExitStatus manageFed(Invocation invocation, RunPresenter.Style style, RunFolder folder)
            throws InterruptedException {
        Adoption adoption = new Adoption(invocation, EngineOptions.DEFAULT);
        Optional<LeaseService.Owned> lease = invocation.leases().take(folder);
        if (lease.isEmpty()) {
            // A watcher was faster.
            return ExitStatus.COMPLETED;
        }
        Optional<StepQueue> feeding;
        boolean opened = false;
        try {
            RunState state = invocation.runs().open(folder).state();
            StartMode coming = state.driver().isEmpty() ? StartMode.NEW : StartMode.TAKEN_OVER;
            feeding = adoption.queues().open(state, coming);
            opened = true;
        } finally {
            if (!opened) {
                lease.get().close();
            }
        }
        return RunReader.toTheEnd(invocation, adoption, style, FollowUp.WATCH)
                .managed(folder, lease.get(), List.of(), OnSignal.STOP, feeding);
    }
}
