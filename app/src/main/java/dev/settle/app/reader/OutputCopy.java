package dev.settle.app.reader;

import dev.settle.app.process.Console;
import dev.settle.app.runs.Requests;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One item's output, and how much of it was printed; goes on with the next attempt when the item is tried again. */
public final class OutputCopy {
    private static final int CHUNK_BYTES = 64 * 1024;

    /** Which of an item's two streams. */
    public enum Stream {
        STDOUT,
        STDERR
    }

    /** What was printed so far, of all items: whose turn it was, and whether a line is unfinished. */
    public static final class Printed {
        private final Console console;
        private final boolean headings;
        private Optional<ItemId> last = Optional.empty();
        private boolean amidLine;

        /** @param headings whether each item's part begins with a line that names it */
        public Printed(Console console, boolean headings) {
            this.console = console;
            this.headings = headings;
        }

        /** As tail(1) has it. */
        private void heading(ItemId item) {
            if (headings) {
                bytes(((amidLine ? "\n" : "") + "==> " + item + " <==\n").getBytes(StandardCharsets.UTF_8));
            }
            last = Optional.of(item);
        }

        private void bytes(byte[] bytes) {
            bytes(bytes, bytes.length);
        }

        private void bytes(byte[] bytes, int length) {
            console.bytes(bytes, length);
            amidLine = bytes[length - 1] != '\n';
        }
    }

    private final Requests requests;
    private final Stream stream;
    private final ItemId item;
    /** The latest that was copied. */
    private int submission;

    private Optional<Path> file = Optional.empty();
    private long at;

    public OutputCopy(Requests requests, Stream stream, RunState state, Item item, Attempt attempt) {
        this.requests = requests;
        this.stream = stream;
        this.item = item.id();
        follow(state, item, attempt);
    }

    private void follow(RunState state, Item of, Attempt attempt) {
        boolean begun = attempt.token().isPresent();
        submission = Requests.submission(attempt) - (begun ? 0 : 1);
        file = begun ? Optional.of(path(state, of, attempt)) : Optional.empty();
        at = 0;
    }

    private Path path(RunState state, Item of, Attempt attempt) {
        return stream == Stream.STDERR ? requests.stderr(state, of, attempt) : requests.stdout(state, of, attempt);
    }

    public ItemId item() {
        return item;
    }

    public boolean isThere() {
        return file.filter(Files::exists).isPresent();
    }

    public String path() {
        return file.map(Path::toString).orElse("");
    }

    /** Whether there is no attempt yet that writes anywhere. */
    public boolean isUnbegun() {
        return file.isEmpty();
    }

    public boolean hasEnded(RunState now) {
        return now.item(item).filter(of -> !of.state().isEnd()).isEmpty();
    }

    /**
     * Prints what there is.
     *
     * @param lines only so many of the last ones
     */
    public void begin(Printed printed, OptionalInt lines) throws IOException {
        if (!isUnbegun()) {
            at = isThere() && lines.isPresent() ? start(file.get(), lines.getAsInt()) : 0;
            printed.heading(item);
            copy(printed, file.get());
        }
    }

    /** Prints what has come since. */
    public void goOn(Printed printed) throws IOException {
        if (isThere() && Files.size(file.get()) > at) {
            if (!printed.last.equals(Optional.of(item))) {
                printed.heading(item);
            }
            copy(printed, file.get());
        }
    }

    /** Goes over to the submissions that the item has had since, each after the rest of what the one before wrote. */
    public void moveOn(RunState now, Printed printed) throws IOException {
        Item of = now.item(item).orElseThrow();
        for (Attempt attempt : attempts(of)) {
            if (attempt.token().isPresent() && Requests.submission(attempt) > submission) {
                if (!isUnbegun()) {
                    // The user's own file may lie under another name by now.
                    file = begun(of).map(before -> path(now, of, before));
                    goOn(printed);
                }
                follow(now, of, attempt);
            }
        }
    }

    private static List<Attempt> attempts(Item of) {
        List<Attempt> attempts = new ArrayList<>(of.earlier());
        attempts.add(of.attempt());
        return attempts;
    }

    /** The attempt whose output was copied last. */
    private Optional<Attempt> begun(Item of) {
        return attempts(of).stream()
                .filter(attempt -> Requests.submission(attempt) == submission)
                .findFirst();
    }

    /** Where the last lines begin. */
    private static long start(Path file, int most) throws IOException {
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
                    if (chunk[i] == '\n' && !last && ++lines == most) {
                        return at - size + i + 1;
                    }
                }
                at -= size;
            }
            return 0;
        }
    }

    private void copy(Printed printed, Path from) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        try (RandomAccessFile in = new RandomAccessFile(from.toFile(), "r")) {
            in.seek(at);
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int n = in.read(chunk); n > 0; n = in.read(chunk)) {
                printed.bytes(chunk, n);
                at += n;
            }
        }
    }
}
