package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.RunQuery;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.json.Json;
import dev.settle.core.text.Suggest;
import dev.settle.core.view.ListText;
import dev.settle.core.view.RunList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle list}: the runs of this user, newest first. */
final class ListCommand implements Command {
    private static final int ROWS_MAX = 1000;

    @Override
    public CommandSpec spec() {
        return Options.of("list", "[OPTIONS]", "Lists the runs, newest first.")
                .value("--limit", "N", "List at most N runs.")
                .values(
                        "--state",
                        "STATE[,STATE...]",
                        "Only runs in these states: " + String.join(", ", RunQuery.STATES) + ".")
                .value("--name", "GLOB", "Only runs of this name; *, ? and [abc] match several.")
                .value("--since", "D", "Only runs that were created within the last D, such as 2d.")
                .value("--sort", "created|name|state|duration", "Newest, first by name or state, or longest first.")
                .under(Options.OUTPUT)
                .flag("--json", "Write a JSON document.")
                .flag("--no-color", "Use no colours.")
                .under(Options.OWN)
                .examples("settle list", "settle list --state failed,interrupted --since 2d")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        RunQuery query = query(args, app.wiring().clock().instant());
        RunList list = query.of(
                new Views(app, new Runs(app)).list(), app.wiring().clock().instant());
        try {
            if (Options.has(args, "--json")) {
                ListText.write(list, app.console().writer(), Json.Layout.INDENTED);
            } else if (list.runs().isEmpty() && list.unreadable().isEmpty() && isFiltered(args)) {
                app.console().out("No such runs.\n");
            } else {
                app.console()
                        .out(
                                ListText.of(
                                        list,
                                        ZoneId.systemDefault(),
                                        app.console().columns(),
                                        query.limit().orElse(ROWS_MAX)),
                                SharedOptions.ink(args, app));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        for (RunList.Unreadable run : list.unreadable()) {
            app.console().notice("settle: " + run.sentence());
        }
        return list.unreadable().isEmpty() ? ExitStatus.COMPLETED : ExitStatus.STORAGE_FAILED;
    }

    private static boolean isFiltered(ParseResult args) {
        return Options.has(args, "--state") || Options.has(args, "--name") || Options.has(args, "--since");
    }

    private static RunQuery query(ParseResult args, Instant now) {
        Set<String> states = new LinkedHashSet<>(Options.wordsOf(args, "--state", RunQuery.STATES));
        RunQuery.Sort sort = Options.text(args, "--sort").map(ListCommand::sort).orElse(RunQuery.Sort.CREATED);
        return new RunQuery(
                states,
                Options.text(args, "--name"),
                Options.duration(args, "--since").map(now::minus),
                sort,
                Options.count(args, "--limit"));
    }

    private static RunQuery.Sort sort(String word) {
        return RunQuery.Sort.ofWord(word).orElseThrow(() -> {
            String near = Suggest.nearest(word, RunQuery.Sort.words())
                    .map(each -> "did you mean " + each + "? ")
                    .orElse("");
            return Failure.usage("--sort: '" + word + "' is not a key; " + near + "The keys are "
                    + String.join(", ", RunQuery.Sort.words()) + ".");
        });
    }
}
