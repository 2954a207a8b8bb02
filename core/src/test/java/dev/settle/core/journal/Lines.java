package dev.settle.core.journal;

import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Entries of a run without items, for tests that care for lines and not for what they say. */
public final class Lines {
    public static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    private Lines() {}

    public static RunEvent.Opened opened() {
        return new RunEvent.Opened(new RunId("k3v9q2m7"), "lines", "0.1.0", "/home/ada", "ada", "local", false);
    }

    /** Entry {@code number}; the first opens the run. */
    public static Entry entry(long number) {
        RunEvent event = number == 1
                ? opened()
                : number % 2 == 0
                        ? new RunEvent.Silent(
                                Source.SACCT, "line " + number + " " + "x".repeat((int) (number * 37 % 300)))
                        : new RunEvent.Answered(Source.SACCT);
        return new Entry(number, START.plusSeconds(number), event);
    }

    public static List<Entry> entries(long from, long to) {
        List<Entry> entries = new ArrayList<>();
        for (long number = from; number <= to; number++) {
            entries.add(entry(number));
        }
        return entries;
    }
}
