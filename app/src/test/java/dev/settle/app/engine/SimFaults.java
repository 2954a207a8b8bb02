package dev.settle.app.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is wrong with the cluster, and when. After the last of it everything answers at once and rightly. */
final class SimFaults {
    /** What can be wrong. */
    enum Fault {
        CONTROLLER_DOWN(240),
        CONTROLLER_HUNG(120),
        ACCOUNTING_DOWN(400),
        ACCOUNTING_HUNG(200),
        /** rc 0 and nothing at all, for some seconds. */
        QUEUE_EMPTY(12),
        ACCOUNTING_EMPTY(12),
        /** Some rows are missing, and nothing says so. */
        QUEUE_LACKS_ROWS(12),
        ACCOUNTING_LACKS_ROWS(60),
        /** What was true some seconds before. */
        QUEUE_STALE(60),
        ACCOUNTING_STALE(120),
        /** Cut short in the middle of a line, or nonsense. */
        QUEUE_GARBLED(120),
        ACCOUNTING_GARBLED(120),
        /** Each row twice, in any order. */
        REPEATED(300),
        /** Answers take many seconds, and overtake each other. */
        SLOW(200),
        /** The submission arrives, and its answer does not; or neither does. */
        SUBMIT_UNCLEAR(60),
        SUBMIT_REFUSED_FOR_A_WHILE(60),
        /** The allocation is spent: submissions are refused, and what waits says why. */
        CREDITS_SPENT(90),
        /** No process can be started on this machine. */
        NO_PROCESSES(60),
        /** The disk of the journal refuses. */
        DISK(45);

        final int secondsMax;

        Fault(int secondsMax) {
            this.secondsMax = secondsMax;
        }
    }

    private record Window(Fault kind, Instant from, Instant to) {}

    private final List<Window> windows = new ArrayList<>();
    private Instant healthyFrom;

    /** So many windows, all within a time. */
    SimFaults(Instant start, Duration within, int count, RandomGenerator random) {
        healthyFrom = start;
        Fault[] kinds = Fault.values();
        for (int i = 0; i < count; i++) {
            Fault kind = kinds[random.nextInt(kinds.length)];
            Instant from = start.plusMillis(random.nextLong(within.toMillis()));
            Instant to = from.plusMillis(1 + random.nextLong(kind.secondsMax * 1000L));
            if (isLacking(kind) && windows.stream().anyMatch(each -> isLacking(each.kind()) && near(each, from, to))) {
                continue;
            }
            windows.add(new Window(kind, from, to));
            healthyFrom = to.isAfter(healthyFrom) ? to : healthyFrom;
        }
    }

    /** That the controller does not list what it has is seen, if at all, for seconds after an outage. */
    private static boolean isLacking(Fault kind) {
        return kind == Fault.QUEUE_EMPTY || kind == Fault.QUEUE_LACKS_ROWS;
    }

    private static boolean near(Window window, Instant from, Instant to) {
        Duration minute = Duration.ofMinutes(1);
        return from.isBefore(window.to().plus(minute))
                && to.isAfter(window.from().minus(minute));
    }

    boolean is(Fault kind, Instant at) {
        for (Window window : windows) {
            if (window.kind() == kind && !at.isBefore(window.from()) && at.isBefore(window.to())) {
                return true;
            }
        }
        return false;
    }

    /** Whether the allocation has been spent at any time. */
    boolean wereCreditsSpent(Instant until) {
        return windows.stream()
                .anyMatch(each ->
                        each.kind() == Fault.CREDITS_SPENT && each.from().isBefore(until));
    }

    /** When accounting hears of something: later while it is away, and then up to 12.5 s after it is back. */
    Instant heard(Instant at, RandomGenerator random) {
        Instant heard = at;
        for (Window window : windows) {
            boolean away = window.kind() == Fault.ACCOUNTING_DOWN || window.kind() == Fault.ACCOUNTING_HUNG;
            if (away && !heard.isBefore(window.from()) && heard.isBefore(window.to())) {
                heard = window.to().plusMillis(200 + random.nextInt(12_300));
            }
        }
        return heard;
    }

    Instant healthyFrom() {
        return healthyFrom;
    }

    /** For people. */
    String text(Instant start) {
        StringBuilder text = new StringBuilder();
        for (Window window : windows) {
            text.append(String.format(
                    "%s from +%.1f s to +%.1f s%n",
                    window.kind(),
                    Duration.between(start, window.from()).toMillis() / 1000.0,
                    Duration.between(start, window.to()).toMillis() / 1000.0));
        }
        return text.toString();
    }
}
