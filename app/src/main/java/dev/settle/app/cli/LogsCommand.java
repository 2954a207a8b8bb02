package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ByteSink;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.TerminalFilter;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.reader.ItemLogs;
import dev.settle.app.reader.OutputCopy;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle logs}: the output of items; of several, each line after the item's id. */
final class LogsCommand implements Command {
    private static final Duration LOOK_EVERY = Duration.ofMillis(300);

    /** More items without output than this are counted, not named. */
    private static final int NOTICES_MAX = 5;

    @Override
    public CommandSpec spec() {
        return Options.of("logs", "RUN [ITEM...] [OPTIONS]", "Prints the output of items.")
                .flag("--follow", "Keep printing until the items have ended.")
                .value("--tail", "N", "Print only the last N lines of each stream.")
                .flag("--failed", "Print only failed and cancelled items.")
                .flag("--stdout", "Print only standard output.")
                .flag("--stderr", "Print only standard error.")
                .value("--attempt", "N", "Print attempt N instead of the last one.")
                .under(Options.OUTPUT)
                .flag("--raw", "On a terminal or in the log of a CI job, print all bytes as they are.")
                .flag("--no-color", "On a terminal, print no colours.")
                .under(Options.OWN)
                .words("RUN [ITEM...]", "The run, and items by id or wildcard. Default: all items.")
                .examples("settle logs nightly prepare -f", "settle logs nightly --failed -n 20")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        List<String> words = Options.words(args);
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(words.stream().findFirst());
        RunState state = runs.open(folder).state();
        List<Item> items = items(args, state, words);
        OptionalInt number = Options.count(args, "--attempt");
        boolean follow = Options.has(args, "--follow");
        ItemLogs logs = new ItemLogs(app.console()::bytes, cleaning(args, app));
        List<String> missing = new ArrayList<>();
        boolean named = words.size() == 2 || state.items().size() == 1;
        ItemLogs.Prefix prefix = named && items.size() == 1 ? ItemLogs.Prefix.NONE : ItemLogs.Prefix.ITEM;
        Requests requests = new Requests(folder, app.environment().home());
        for (Item item : items) {
            Attempt attempt = attempt(item, number);
            Optional<String> why = missing(item, attempt, follow && number.isEmpty());
            if (why.isPresent()) {
                missing.add(why.get());
                continue;
            }
            for (OutputCopy.Stream stream : streams(args, state)) {
                logs.add(new OutputCopy(requests, stream, state, item, attempt), prefix);
            }
        }
        if (missing.size() == 1 && items.size() == 1) {
            throw Failure.notFound(missing.get(0));
        }
        try {
            logs.begin(state, Options.count(args, "--tail"), follow);
            while (follow && !logs.goOn(runs.open(folder).state(), number.isEmpty())) {
                if (app.console().isUnread()) {
                    break;
                }
                app.wiring().pause().of(LOOK_EVERY);
            }
        } catch (IOException e) {
            throw Failure.storage("the output cannot be read: " + e.getMessage());
        }
        for (ItemId never : follow ? logs.unbegun() : List.<ItemId>of()) {
            String why = never + " was never submitted, so there is no output";
            if (items.size() == 1) {
                throw Failure.notFound(why);
            }
            missing.add(why);
        }
        notices(missing, logs, items, state, app);
        return ExitStatus.COMPLETED;
    }

    /** What there is not. */
    private static void notices(List<String> missing, ItemLogs logs, List<Item> items, RunState state, App app) {
        missing.stream().limit(NOTICES_MAX).forEach(words -> app.console().notice("settle: " + words));
        if (missing.size() > NOTICES_MAX) {
            app.console().notice("settle: and " + (missing.size() - NOTICES_MAX) + " more items have no output");
        }
        if (items.isEmpty()) {
            app.console().notice("settle: no item of run " + state.id() + " has failed");
        } else if (!logs.hasShown() && missing.size() < items.size()) {
            boolean ended = items.stream().allMatch(item -> item.state().isEnd());
            String who = items.size() == 1 ? items.get(0).id().value() : "the items";
            String wrote = items.size() == 1 ? " has written nothing" : " have written nothing";
            app.console().notice("settle: " + who + wrote + (ended ? "" : " yet"));
        }
    }

    private static UnaryOperator<ByteSink> cleaning(ParseResult args, App app) {
        if (Options.has(args, "--raw")) {
            return sink -> app.console().redacted(sink);
        }
        return app.console().isSeen()
                ? sink -> app.console().redacted(new TerminalFilter(sink, SharedOptions.ink(args, app)))
                : sink -> app.console().redacted(app.console().forRunner(sink));
    }

    /** A step of a queue writes both into one file, in the order in which it wrote. */
    private static List<OutputCopy.Stream> streams(ParseResult args, RunState state) {
        boolean out = Options.has(args, "--stdout");
        boolean err = Options.has(args, "--stderr");
        if (out == err) {
            return state.plan().queue().isPresent()
                    ? List.of(OutputCopy.Stream.STDOUT)
                    : List.of(OutputCopy.Stream.STDOUT, OutputCopy.Stream.STDERR);
        }
        return List.of(out ? OutputCopy.Stream.STDOUT : OutputCopy.Stream.STDERR);
    }

    private static List<Item> items(ParseResult args, RunState state, List<String> words) {
        List<Item> items = words.size() >= 2 ? ItemFilter.of(state, words.subList(1, words.size())) : state.items();
        return Options.has(args, "--failed")
                ? items.stream()
                        .filter(item -> item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED)
                        .toList()
                : items;
    }

    /** Why there is nothing to print of the item. */
    private static Optional<String> missing(Item item, Attempt attempt, boolean waits) {
        if (item.plan().jobId().isPresent()) {
            return Optional.of("job " + item.plan().jobId().get()
                    + " was not submitted by settle, so its output file is not known");
        }
        if (attempt.token().isPresent() || (waits && !item.state().isEnd())) {
            return Optional.empty();
        }
        return Optional.of(
                item.state().isEnd()
                        ? item.id() + " was never submitted, so there is no output"
                        : item.id() + " has not been submitted, so there is no output yet");
    }

    private static Attempt attempt(Item item, OptionalInt number) {
        if (number.isEmpty()) {
            return item.attempt();
        }
        return Stream.concat(item.earlier().stream(), Stream.of(item.attempt()))
                .filter(attempt -> attempt.number() == number.getAsInt())
                .findFirst()
                .orElseThrow(() -> Failure.notFound(item.id() + " has no attempt " + number.getAsInt()
                        + "; the last is " + item.attempt().number()));
    }
}
