package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.session.Requests;
import dev.settle.app.session.Runs;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.view.Line;
import dev.settle.core.view.ListText;
import dev.settle.core.view.RunSummary;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle list}: all runs of this user, newest first. */
final class ListCommand implements Command {
    private static final int COLUMNS = 160;
    private static final int ROWS_MAX = 1000;

    @Override
    public CommandSpec spec() {
        return Options.of("list", "[--json]", "Lists the runs, newest first.")
                .flag("--json", "A JSON list.")
                .flag("--no-color", "No colours.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Runs runs = new Runs(app);
        Owners owners = new Owners(app, runs);
        List<RunView> views = new ArrayList<>();
        for (RunFolder folder : runs.list()) {
            Runs.OpenRun run = runs.open(folder);
            Requests requests = new Requests(folder, app.environment().home());
            views.add(new RunView(
                    run.state(),
                    owners.view(folder, run.state()),
                    Outputs.paths(requests, run.state()),
                    app.wiring().clock().instant()));
        }
        views.sort((a, b) -> b.run().createdAt().compareTo(a.run().createdAt()));
        if (Options.has(args, "--json")) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            views.forEach(view -> rows.add(row(view)));
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", "settle.list/1");
            document.put("runs", rows);
            app.console().out(Json.write(document) + "\n");
        } else {
            print(views, app);
        }
        return ExitStatus.COMPLETED;
    }

    private static Map<String, @Nullable Object> row(RunView view) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("id", view.id());
        row.put("name", view.name());
        row.put("state", view.stateWord());
        row.put("backend", view.run().opened().backend());
        row.put("headline", view.headline());
        row.put("total", view.counts().total());
        row.put("created_at", view.run().createdAt());
        row.put("finished_at", view.run().endedAt());
        row.put("exit_status", view.exitStatus());
        return row;
    }

    private static void print(List<RunView> views, App app) {
        StringBuilder text = new StringBuilder();
        try {
            Line.appendAll(
                    ListText.of(views.stream().map(RunSummary::of).toList(), ZoneId.systemDefault(), COLUMNS, ROWS_MAX),
                    text,
                    Line.Ink.PLAIN);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        app.console().out(text.toString());
    }
}
