package dev.settle.app.runs;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.view.OutputPaths;
import dev.settle.core.view.OutputTail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where items write, and what they wrote last. */
public final class Outputs {
    private static final int TAIL_BYTES_MAX = 8 * 1024;

    private Outputs() {}

    public static OutputPaths paths(Requests requests, RunState state) {
        return new OutputPaths() {
            @Override
            public Optional<String> stdout(Item item, Attempt attempt) {
                return known(attempt).map(a -> requests.stdout(state, item, a).toString());
            }

            @Override
            public Optional<String> stderr(Item item, Attempt attempt) {
                return known(attempt).map(a -> requests.stderr(state, item, a).toString());
            }
        };
    }

    /** Jobs that settle did not submit write where their owner said. */
    private static Optional<Attempt> known(Attempt attempt) {
        return Optional.of(attempt).filter(a -> a.token().isPresent());
    }

    /** The tail that fits into a log. */
    public static OutputTail tail(Requests requests, RunState state) {
        return tail(requests, state, OutputTail.LINES_MAX);
    }

    /** @param linesMax of one item */
    public static OutputTail tail(Requests requests, RunState state, int linesMax) {
        // A queue's step writes both into its stdout.
        boolean merged = state.plan().queue().isPresent();
        return item -> {
            if (item.attempt().token().isEmpty()) {
                return List.of();
            }
            List<String> stderr =
                    merged ? List.of() : lastLines(requests.stderr(state, item, item.attempt()), linesMax);
            return stderr.stream().allMatch(String::isBlank)
                    ? lastLines(requests.stdout(state, item, item.attempt()), linesMax)
                    : stderr;
        };
    }

    /** The last lines of a file; none when it cannot be read. */
    static List<String> lastLines(Path file, int most) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            FileEnd end = FileEnd.read(file, TAIL_BYTES_MAX);
            List<String> lines = new ArrayList<>(
                    new String(end.bytes(), StandardCharsets.UTF_8).lines().toList());
            if (end.cut() && !lines.isEmpty()) {
                lines.remove(0);
            }
            return List.copyOf(lines.subList(Math.max(0, lines.size() - most), lines.size()));
        } catch (IOException e) {
            return List.of("(its output cannot be read: " + e.getMessage() + ")");
        }
    }
}
