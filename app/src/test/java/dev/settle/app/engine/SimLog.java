package dev.settle.app.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened in a timeline, for people; kept only when somebody will read it. */
final class SimLog {
    private final SimTime time;
    private final boolean kept;
    private final List<String> lines = new ArrayList<>();

    SimLog(SimTime time, boolean kept) {
        this.time = time;
        this.kept = kept;
    }

    void add(Supplier<String> line) {
        if (kept) {
            long millis = Duration.between(SimRun.START, time.now()).toMillis();
            lines.add(String.format(Locale.ROOT, "%9.3f  %s", millis / 1000.0, line.get()));
        }
    }

    boolean isKept() {
        return kept;
    }

    String text() {
        return String.join("\n", lines);
    }
}
