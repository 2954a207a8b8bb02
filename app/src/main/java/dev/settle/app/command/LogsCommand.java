package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Requests;
import dev.settle.app.session.Runs;
import dev.settle.core.item.Attempt;
import dev.settle.core.item.Item;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final int CHUNK_BYTES = 64 * 1024;

    @Override
    public CommandSpec spec() {
        return Options.of("logs", "RUN ITEM... [OPTIONS]", "Prints the output of items.")
                .flag("--follow", "Go on until the items have ended.")
                .value("--tail", "N", "Only the last N lines.")
                .flag("--stderr", "Standard error instead of standard output.")
                .value("--attempt", "N", "That attempt instead of the last.")
                .words("RUN ITEM...", "0..*", "The run, and items by id or wildcard; a run of one item needs no ITEM.")
                .spec();
    }

    /** One item's output, and how much of it was printed. */
    private static final class Tail {
        final Item item;
        final Path file;
        long at;

        Tail(Item item, Path file) {
            this.item = item;
            this.file = file;
        }
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        List<String> words = Options.words(args);
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(words.stream().findFirst());
        RunState state = runs.open(folder).state();
        List<Item> items = items(state, words);
        OptionalInt tail = Options.count(args, "--tail");
        boolean follow = Options.has(args, "--follow");
        List<Tail> tails = tails(args, app, folder, state, items);
        try {
            for (Tail each : tails) {
                each.at = Files.exists(each.file) ? start(each.file, tail) : 0;
                heading(items, each, app);
                copy(each, app);
            }
            Optional<Tail> last = tails.isEmpty() ? Optional.empty() : Optional.of(tails.get(tails.size() - 1));
            while (follow) {
                boolean ended = haveEnded(runs.open(folder).state(), tails);
                for (Tail each : tails) {
                    if (Files.exists(each.file) && Files.size(each.file) > each.at) {
                        if (last.filter(each::equals).isEmpty()) {
                            heading(items, each, app);
                        }
                        last = Optional.of(each);
                        copy(each, app);
                    }
                }
                if (ended || app.console().isUnread()) {
                    break;
                }
                app.wiring().pause().of(LOOK_EVERY);
            }
        } catch (IOException e) {
            throw Failure.storage("the output cannot be read: " + e.getMessage());
        }
        return ExitStatus.COMPLETED;
    }

    private static List<Item> items(RunState state, List<String> words) {
        if (words.size() >= 2) {
            return Chosen.of(state, words.subList(1, words.size()));
        }
        if (state.items().size() == 1) {
            return state.items();
        }
        throw Failure.usage(
                "which item? run " + state.id() + " has " + state.items().size(),
                "Write: settle logs " + state.id() + " ITEM");
    }

    /** Where the items write. Of several, those without output are told and passed over. */
    private static List<Tail> tails(ParseResult args, App app, RunFolder folder, RunState state, List<Item> items) {
        Requests requests = new Requests(folder, app.environment().home());
        OptionalInt number = Options.count(args, "--attempt");
        boolean waits = Options.has(args, "--follow") && number.isEmpty();
        List<Tail> tails = new ArrayList<>();
        for (Item item : items) {
            Attempt attempt = attempt(item, number);
            Path file = Options.has(args, "--stderr")
                    ? requests.stderr(state, item, attempt)
                    : requests.stdout(state, item, attempt);
            Optional<String> missing = attempt.token().isEmpty()
                    ? Optional.of(
                            item.plan().jobId().isPresent()
                                    ? item.id() + " is somebody else's job; settle does not know where it writes"
                                    : item.id() + " has not been submitted, so there is no output yet")
                    : Files.exists(file) || waits
                            ? Optional.empty()
                            : Optional.of("there is no output of " + item.id() + " yet: " + file);
            if (missing.isEmpty()) {
                tails.add(new Tail(item, file));
            } else if (items.size() == 1) {
                throw Failure.notFound(missing.get());
            } else {
                app.console().notice("settle: " + missing.get());
            }
        }
        return tails;
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

    private static boolean haveEnded(RunState now, List<Tail> tails) {
        return tails.stream().allMatch(tail -> now.item(tail.item.id())
                .filter(item -> !item.state().isEnd())
                .isEmpty());
    }

    /** As tail(1) has it. */
    private static void heading(List<Item> items, Tail tail, App app) {
        if (items.size() > 1) {
            byte[] line = ("==> " + tail.item.id() + " <==\n").getBytes(StandardCharsets.UTF_8);
            app.console().bytes(line, line.length);
        }
    }

    /** Where the last lines begin. */
    private static long start(Path file, OptionalInt tail) throws IOException {
        if (tail.isEmpty()) {
            return 0;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long at = in.length();
            int lines = 0;
            byte[] chunk = new byte[CHUNK_BYTES];
            while (at > 0) {
                int size = (int) Math.min(CHUNK_BYTES, at);
                in.seek(at - size);
                in.readFully(chunk, 0, size);
                for (int i = size - 1; i >= 0; i--) {
                    boolean last = at - size + i == in.length() - 1;
                    if (chunk[i] == '\n' && !last && ++lines == tail.getAsInt()) {
                        return at - size + i + 1;
                    }
                }
                at -= size;
            }
            return 0;
        }
    }

    private static void copy(Tail tail, App app) throws IOException {
        if (!Files.exists(tail.file)) {
            return;
        }
        try (RandomAccessFile in = new RandomAccessFile(tail.file.toFile(), "r")) {
            in.seek(tail.at);
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
                app.console().bytes(chunk, n);
                tail.at += n;
            }
        }
    }
}
