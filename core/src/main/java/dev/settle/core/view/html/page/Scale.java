package dev.settle.core.view.html.page;

import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** From when to when a run's charts go. */
record Scale(Instant from, long millis) {
    private static final int TICKS = 5;

    static Scale of(RunView view) {
        Instant from = view.run().createdAt();
        Instant to = view.run().endedAt().orElse(view.now());
        for (var item : view.items()) {
            for (Span span : Span.of(view, item)) {
                to = span.settled().isAfter(to) ? span.settled() : to;
                from = span.submitted().isBefore(from) ? span.submitted() : from;
            }
        }
        return new Scale(from, Math.max(1, Duration.between(from, to).toMillis()));
    }

    /** From 0 to 1. */
    double share(Instant at) {
        return Math.min(1, Math.max(0, (double) Duration.between(from, at).toMillis() / millis));
    }

    /** In percent with two decimals. */
    String percent(Instant at) {
        return percent(share(at));
    }

    static String percent(double share) {
        return Amounts.decimal(share * 100, 2) + "%";
    }

    /** Times since the beginning that stand below a chart. */
    List<Tick> ticks() {
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i <= TICKS; i++) {
            ticks.add(new Tick(
                    percent((double) i / TICKS),
                    Amounts.duration(Duration.ofMillis(millis * i / TICKS)),
                    i == 0 ? "start" : i == TICKS ? "end" : "middle"));
        }
        return ticks;
    }
}
