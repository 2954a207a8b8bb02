package dev.settle.app.reader;

import dev.settle.app.process.ByteSink;
import dev.settle.app.runs.Requests;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One stream of an item, and how much of it was passed on; goes on with the next attempt when the item is retried. */
public final class OutputCopy {
    private static final int CHUNK_BYTES = 64 * 1024;

    /** Which of an item's two streams. */
    public enum Stream {
        STDOUT,
        STDERR
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

    /** Where the stream is written; empty while there is no attempt that writes anywhere. */
    public Optional<Path> file() {
        return file;
    }

    /** Whether anything was passed on, or passed over, of the attempt that was copied last. */
    public boolean hasWritten() {
        return at > 0;
    }

    public boolean hasEnded(RunState now) {
        return now.item(item).filter(of -> !of.state().isEnd()).isEmpty();
    }

    /** Begins with the last lines of what there is by now. */
    public void skipTo(OptionalInt lines) throws IOException {
        at = lines.isPresent() && isThere() ? start(file.orElseThrow(), lines.getAsInt()) : 0;
    }

    private boolean isThere() {
        return file.filter(Files::exists).isPresent();
    }

    /**
     * Passes on what is there and has come since; says whether there was anything. What is written meanwhile is for the
     * next call, so that a command that writes without end keeps nobody here.
     */
    public boolean goOn(ByteSink to) throws IOException {
        long end = isThere() ? Files.size(file.orElseThrow()) : 0;
        if (end <= at) {
            return false;
        }
        long before = at;
        // Opened anew each time: on a network file system that is what shows the last that another machine has written.
        try (RandomAccessFile in = new RandomAccessFile(file.orElseThrow().toFile(), "r")) {
            in.seek(at);
            byte[] chunk = new byte[CHUNK_BYTES];
            while (at < end) {
                int n = in.read(chunk, 0, (int) Math.min(chunk.length, end - at));
                if (n < 0) {
                    // Cut meanwhile.
                    break;
                }
                to.bytes(chunk, n);
                at += n;
            }
        }
        return at > before;
    }

    /** Goes over to the submissions that the item has had since, each after the rest of what the one before wrote. */
    public boolean moveOn(RunState now, ByteSink to) throws IOException {
        Item of = now.item(item).orElseThrow();
        boolean any = false;
        for (Attempt attempt : attempts(of)) {
            if (attempt.token().isPresent() && Requests.submission(attempt) > submission) {
                if (file.isPresent()) {
                    // The user's own file may lie under another name by now.
                    file = begun(of).map(before -> path(now, of, before));
                    any |= goOn(to);
                }
                follow(now, of, attempt);
            }
        }
        return any;
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
            // Asked once: asking for each byte of a line of 100 MB took minutes.
            long end = in.length();
            long at = end;
            int lines = 0;
            byte[] chunk = new byte[CHUNK_BYTES];
            while (at > 0) {
                int size = (int) Math.min(CHUNK_BYTES, at);
                in.seek(at - size);
                in.readFully(chunk, 0, size);
                for (int i = size - 1; i >= 0; i--) {
                    boolean last = at - size + i == end - 1;
                    if (chunk[i] == '\n' && !last && ++lines == most) {
                        return at - size + i + 1;
                    }
                }
                at -= size;
            }
            return 0;
        }
    }
}
