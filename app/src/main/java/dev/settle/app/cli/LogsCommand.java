package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.reader.OutputCopy;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle logs}: the output of items, as its bytes are; of several, with a heading each. */
final class LogsCommand implements Command {
    private static final Duration LOOK_EVERY = Duration.ofMillis(300);

    @Override
    public CommandSpec spec() {
        return Options.of("logs", "RUN ITEM... [OPTIONS]", "Prints the output of items.")
                .flag("--follow", "Keep printing until the items have ended.")
                .value("--tail", "N", "Print only the last N lines.")
                .flag("--stderr", "Print standard error instead of standard output.")
                .value("--attempt", "N", "Print that attempt's output instead of the last one's.")
                .words("RUN ITEM...", "The run, and items by id or wildcard; a run of one item needs no ITEM.")
                .examples("settle logs nightly prepare -f", "settle logs nightly 'train*' -n 20")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        List<String> words = Options.words(args);
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(words.stream().findFirst());
        RunState state = runs.open(folder).state();
        List<Item> items = items(state, words);
        OptionalInt last = Options.count(args, "--tail");
        OptionalInt number = Options.count(args, "--attempt");
        boolean follow = Options.has(args, "--follow");
        List<OutputCopy> copies = copies(args, app, folder, state, items);
        OutputCopy.Printed printed = new OutputCopy.Printed(app.console(), items.size() > 1);
        try {
            for (OutputCopy copy : copies) {
                copy.begin(printed, last);
            }
            while (follow) {
                RunState now = runs.open(folder).state();
                for (OutputCopy copy : copies) {
                    if (number.isEmpty()) {
                        copy.moveOn(now, printed);
                    }
                    copy.goOn(printed);
                }
                if (copies.stream().allMatch(copy -> copy.hasEnded(now))
                        || app.console().isUnread()) {
                    break;
                }
                app.wiring().pause().of(LOOK_EVERY);
            }
        } catch (IOException e) {
            throw Failure.storage("the output cannot be read: " + e.getMessage());
        }
        return follow ? told(copies, app) : ExitStatus.COMPLETED;
    }

    /** What was waited for and never began. */
    private static ExitStatus told(List<OutputCopy> copies, App app) {
        for (OutputCopy copy : copies) {
            if (copy.isUnbegun()) {
                String words = copy.item() + " was never submitted, so there is no output";
                if (copies.size() == 1) {
                    throw Failure.notFound(words);
                }
                app.console().notice("settle: " + words);
            }
        }
        return ExitStatus.COMPLETED;
    }

    private static List<Item> items(RunState state, List<String> words) {
        if (words.size() >= 2) {
            return ItemFilter.of(state, words.subList(1, words.size()));
        }
        if (state.items().size() == 1) {
            return state.items();
        }
        throw Failure.usage(
                "which item? run " + state.id() + " has " + state.items().size(),
                "Write: settle logs " + state.id() + " ITEM");
    }

    /** Where the items write. Of several, those without output are told and passed over. */
    private static List<OutputCopy> copies(
            ParseResult args, App app, RunFolder folder, RunState state, List<Item> items) {
        Requests requests = new Requests(folder, app.environment().home());
        OutputCopy.Stream stream = Options.has(args, "--stderr") ? OutputCopy.Stream.STDERR : OutputCopy.Stream.STDOUT;
        OptionalInt number = Options.count(args, "--attempt");
        boolean waits = Options.has(args, "--follow") && number.isEmpty();
        List<OutputCopy> copies = new ArrayList<>();
        for (Item item : items) {
            Attempt attempt = attempt(item, number);
            OutputCopy copy = new OutputCopy(requests, stream, state, item, attempt);
            Optional<String> missing = missing(item, attempt, copy, waits);
            if (missing.isEmpty()) {
                copies.add(copy);
            } else if (items.size() == 1) {
                throw Failure.notFound(missing.get());
            } else {
                app.console().notice("settle: " + missing.get());
            }
        }
        return copies;
    }

    /** Why there is nothing to print of the item. */
    private static Optional<String> missing(Item item, Attempt attempt, OutputCopy copy, boolean waits) {
        if (item.plan().jobId().isPresent()) {
            return Optional.of(item.id() + " is somebody else's job; settle does not know where it writes");
        }
        if (attempt.token().isEmpty()) {
            return waits && !item.state().isEnd()
                    ? Optional.empty()
                    : Optional.of(
                            item.state().isEnd()
                                    ? item.id() + " was never submitted, so there is no output"
                                    : item.id() + " has not been submitted, so there is no output yet");
        }
        return copy.isThere() || waits
                ? Optional.empty()
                : Optional.of("there is no output of " + item.id() + " yet: " + copy.path());
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
