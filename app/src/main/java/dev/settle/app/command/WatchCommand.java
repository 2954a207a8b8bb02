package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.core.journal.file.RunFolder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle watch}: follows a run until it ends, and drives it when nobody else does. */
final class WatchCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                "watch",
                "[RUN] [OPTIONS] | settle watch --job ID[,ID...] [OPTIONS]",
                "Follows a run until it ends, also one that ended long ago.");
        return DriveOptions.declare(options)
                .flag("--exit-status", "Exit with the run's status; without it 0 when the run has ended.")
                .value("--timeout", "D", "Leave after so long with exit status 124; the run goes on.")
                .flag("--fail-fast", "Leave at the first failed item; the run goes on.")
                .flag("--no-drive", "Only look: do not take over a run that nobody drives.")
                .words("RUN", "0..1", "Id, beginning of an id, or name; default: the newest run.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        DriveOptions options = DriveOptions.of(args);
        List<String> words = Options.words(args);
        Optional<Instant> until = Options.duration(args, "--timeout")
                .map(timeout -> app.wiring().clock().instant().plus(timeout));
        Watching watching = new Watching(
                app,
                options,
                new Follower.Limits(until, Options.has(args, "--fail-fast"), state -> false),
                Options.has(args, "--no-drive") ? Watching.Drive.NEVER : Watching.Drive.WHEN_NOBODY_DOES,
                Options.has(args, "--exit-status") ? Watching.Status.OF_RUN : Watching.Status.OF_WATCHING);
        RunFolder folder = watching.runs().find(words.stream().findFirst());
        return watching.watch(folder);
    }
}
