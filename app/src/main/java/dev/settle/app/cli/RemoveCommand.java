package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.removal.Pruning;
import dev.settle.app.removal.Removal;
import dev.settle.app.removal.RemovalReport;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import dev.settle.core.run.RunPhase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle rm} deletes the runs that are named, {@code settle prune} those that ended long ago. */
final class RemoveCommand implements Command {
    /** Under which name it was called. */
    enum Kind {
        RM,
        PRUNE
    }

    /** The states of runs that ended. */
    private static final List<String> ENDED = Arrays.stream(RunPhase.values())
            .filter(phase -> phase != RunPhase.RUNNING)
            .map(RunPhase::word)
            .toList();

    private final Kind kind;

    RemoveCommand(Kind kind) {
        this.kind = kind;
    }

    @Override
    public CommandSpec spec() {
        return switch (kind) {
            case RM ->
                Options.of(
                                "rm",
                                "RUN... [--json]",
                                "Deletes runs that ended, with their journals and logs; output files that the user named stay.")
                        .flag("--json", "What was deleted, as a JSON document.")
                        .words("RUN...", "Ids, unique prefixes of ids, or names; a damaged run by its full id.")
                        .examples("settle rm k3v9q2m7")
                        .spec();
            case PRUNE ->
                Options.of(
                                "prune",
                                "--older-than D [OPTIONS]",
                                "Deletes the runs that ended more than D ago; output files that the user named stay.")
                        .value("--older-than", "D", "Only runs that ended more than D ago, such as 30d.")
                        .values(
                                "--state",
                                "STATE[,STATE...]",
                                "Only runs that ended so: " + String.join(", ", ENDED) + ".")
                        .value("--keep", "N", "Keep the N newest of them, however old they are.")
                        .flag("--dry-run", "Only list what would be deleted.")
                        .flag("--json", "What was deleted, as a JSON document.")
                        .examples("settle prune --older-than 30d --keep 10", "settle prune --older-than 7d --dry-run")
                        .spec();
        };
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Invocation invocation = new Invocation(app);
        RemovalReport report =
                switch (kind) {
                    case RM -> removed(Options.words(args), invocation);
                    case PRUNE -> pruned(args, invocation);
                };
        if (Options.has(args, "--json")) {
            try {
                report.write(app.console().writer());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to stdout", e);
            }
        } else {
            app.console().out(report.text());
        }
        return report.status();
    }

    /** One that cannot be removed keeps none of the others. */
    private static RemovalReport removed(List<String> words, Invocation invocation) {
        if (words.isEmpty()) {
            throw Failure.usage("which run is to be removed?", "Write: settle rm RUN; settle list shows the runs.");
        }
        // All are looked up before the first one goes: a name means the newest run of that name.
        Map<RunId, Removal.Unreadable> named = new LinkedHashMap<>();
        List<Failure> failures = new ArrayList<>();
        for (String word : words) {
            try {
                RunFolder folder = invocation.runs().find(Optional.of(word));
                boolean full = folder.id().value().equals(word);
                named.merge(
                        folder.id(),
                        full ? Removal.Unreadable.REMOVED : Removal.Unreadable.REFUSED,
                        (before, now) -> before == Removal.Unreadable.REMOVED ? before : now);
            } catch (Failure e) {
                if (e.status() == ExitStatus.USAGE) {
                    throw e;
                }
                failures.add(e);
            }
        }
        Removal removal = new Removal(invocation);
        List<Removal.Removed> removed = new ArrayList<>();
        named.forEach((id, unreadable) -> {
            try {
                removed.add(removal.remove(invocation.runs().home().folder(id), unreadable));
            } catch (Failure e) {
                failures.add(e);
            }
        });
        ExitStatus status = ExitStatus.COMPLETED;
        for (Failure failure : failures) {
            failure.lines().forEach(line -> invocation.app().console().notice("settle: " + line));
            status = failure.status().code() > status.code() ? failure.status() : status;
        }
        return new RemovalReport(removed, Removal.Effect.DONE, status);
    }

    private static RemovalReport pruned(ParseResult args, Invocation invocation) {
        Duration olderThan = Options.duration(args, "--older-than")
                .orElseThrow(() -> Failure.usage(
                        "how old are the runs to be that prune deletes?", "Write: settle prune --older-than 30d"));
        Set<String> states = Options.wordsOf(args, "--state", ENDED);
        return new Pruning(
                        invocation,
                        new Pruning.Rule(
                                olderThan, states, Options.count(args, "--keep").orElse(0)),
                        Options.has(args, "--dry-run") ? Removal.Effect.NONE : Removal.Effect.DONE)
                .run();
    }
}
