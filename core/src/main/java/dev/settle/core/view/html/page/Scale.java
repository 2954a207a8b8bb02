package dev.settle.core.view.html.page;

import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** From when to when a run's charts go. */
record Scale(Instant from, long millis) {
    private static final int TICKS_MAX = 5;

    /** Steps that people count in, in milliseconds; beyond the last one by days. */
    private static final long[] STEPS = {
        100,
        200,
        500,
        1_000,
        2_000,
        5_000,
        10_000,
        15_000,
        30_000,
        60_000,
        120_000,
        300_000,
        600_000,
        900_000,
        1_800_000,
        3_600_000,
        7_200_000,
        10_800_000,
        21_600_000,
        43_200_000
    };

    private static final long DAY = 86_400_000;

    /** A label nearer to the right end than this is written to the left of its mark. */
    private static final double END = 0.96;

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

    /** Times since the beginning that are written below a chart, in round steps. */
    List<Tick> ticks() {
        long step = step();
        List<Tick> ticks = new ArrayList<>();
        for (long at = 0; at <= millis && ticks.size() <= TICKS_MAX; at += step) {
            double share = (double) at / millis;
            ticks.add(new Tick(
                    percent(share),
                    Amounts.duration(Duration.ofMillis(at)),
                    at == 0 ? "start" : share > END ? "end" : "middle"));
        }
        return ticks;
    }

    private long step() {
        for (long step : STEPS) {
            if (millis / step <= TICKS_MAX) {
                return step;
            }
        }
        return DAY * (millis / DAY / TICKS_MAX + 1);
    }
}
