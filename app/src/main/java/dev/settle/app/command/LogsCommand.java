package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Requests;
import dev.settle.app.session.Runs;
import dev.settle.core.item.Item;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.plan.ItemId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle logs}: an item's output, as its bytes are. */
final class LogsCommand implements Command {
    private static final long LOOK_EVERY_MILLIS = 300;
    private static final int CHUNK_BYTES = 64 * 1024;

    @Override
    public CommandSpec spec() {
        return Options.of("logs", "RUN ITEM [OPTIONS]", "Prints an item's output.")
                .flag("--follow", "Go on until the item has ended.")
                .value("--tail", "N", "Only the last N lines.")
                .flag("--stderr", "Its standard error instead of its standard output.")
                .words("RUN ITEM", "0..2", "The run, and the item by id; a run of one item needs no ITEM.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        List<String> words = Options.words(args);
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(words.stream().findFirst());
        Runs.OpenRun run = runs.open(folder);
        Item item = itemOf(run, words);
        Requests requests = new Requests(folder, app.environment().home());
        if (item.attempt().token().isEmpty()) {
            throw Failure.notFound(
                    item.plan().jobId().isPresent()
                            ? item.id() + " is somebody else's job; settle does not know where it writes"
                            : item.id() + " has not been submitted, so there is no output yet");
        }
        Path file =
                Options.has(args, "--stderr") ? requests.stderr(run.state(), item) : requests.stdout(run.state(), item);
        OptionalInt tail = Options.count(args, "--tail");
        boolean follow = Options.has(args, "--follow");
        if (!Files.exists(file) && !follow) {
            throw Failure.notFound("there is no output of " + item.id() + " yet: " + file);
        }
        try {
            long at = Files.exists(file) ? start(file, tail) : 0;
            at = copy(file, at, app);
            while (follow && !hasEnded(runs, folder, item.id())) {
                Thread.sleep(LOOK_EVERY_MILLIS);
                at = copy(file, at, app);
            }
            copy(file, at, app);
        } catch (IOException e) {
            throw Failure.storage("the output cannot be read: " + e.getMessage());
        }
        return ExitStatus.COMPLETED;
    }

    private static Item itemOf(Runs.OpenRun run, List<String> words) {
        if (words.size() < 2) {
            if (run.state().items().size() == 1) {
                return run.state().items().get(0);
            }
            throw Failure.usage(
                    "which item? run " + run.state().id() + " has "
                            + run.state().items().size(),
                    "Write: settle logs " + run.state().id() + " ITEM");
        }
        Set<ItemId> ids = CancelCommand.matching(run, words.get(1));
        if (ids.size() > 1) {
            throw Failure.usage("'" + words.get(1) + "' means " + ids.size() + " items; logs shows one at a time");
        }
        return run.state().item(ids.iterator().next()).orElseThrow();
    }

    private static boolean hasEnded(Runs runs, RunFolder folder, ItemId item) {
        Optional<Item> now = runs.open(folder).state().item(item);
        return now.filter(i -> !i.state().isEnd()).isEmpty();
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

    private static long copy(Path file, long from, App app) throws IOException {
        if (!Files.exists(file)) {
            return from;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(from);
            byte[] chunk = new byte[CHUNK_BYTES];
            long at = from;
            for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
                app.console().bytes(chunk, n);
                at += n;
            }
            return at;
        }
    }
}
