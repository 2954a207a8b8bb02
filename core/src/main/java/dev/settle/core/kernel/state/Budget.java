package dev.settle.core.kernel.state;

import dev.settle.core.model.ItemId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/** The run's own ceiling: elapsed time times allocated cpus, running jobs included; kept up event by event. */
public final class Budget {
    private static final double SECONDS_PER_HOUR = 3600;
    private static final double LOOK_AHEAD_MAX_S = 24 * SECONDS_PER_HOUR;

    /**
     * What an item has spent, in cpu seconds.
     *
     * @param done by what has ended
     * @param cpus that run now
     * @param cpusTimesStart their number times the second of the epoch at which they began
     */
    private record Spent(double done, int cpus, double cpusTimesStart) {}

    private static final Spent NOTHING = new Spent(0, 0, 0);

    /** May be raised by a resume. */
    private final Supplier<OptionalDouble> ceiling;

    private final Map<ItemId, Spent> byItem = new HashMap<>();
    private double done;
    private int cpus;
    private double cpusTimesStart;

    Budget(Supplier<OptionalDouble> ceiling) {
        this.ceiling = ceiling;
    }

    /** Something happened to the item. */
    void note(Item item) {
        if (ceiling.get().isEmpty()) {
            return;
        }
        Spent now = of(item);
        Spent before = byItem.getOrDefault(item.id(), NOTHING);
        if (!now.equals(before)) {
            byItem.put(item.id(), now);
            done += now.done - before.done;
            cpus += now.cpus - before.cpus;
            cpusTimesStart += now.cpusTimesStart - before.cpusTimesStart;
        }
    }

    private static Spent of(Item item) {
        double done = 0;
        for (int i = 0; i < item.earlier().size(); i++) {
            Attempt attempt = item.earlier().get(i);
            Optional<Instant> until = i + 1 < item.earlier().size()
                    ? item.earlier().get(i + 1).submittedAt()
                    : item.attempt().submittedAt();
            done += ended(item, attempt, until);
        }
        if (item.state() == ItemState.RUNNING && item.attempt().startedAt().isPresent()) {
            int running = planned(item);
            return new Spent(
                    done,
                    running,
                    (double) running * item.attempt().startedAt().get().getEpochSecond());
        }
        if (item.state() == ItemState.SETTLING) {
            done += between(item, item.attempt().startedAt(), item.attempt().leftAt());
        } else if (item.state().isEnd()) {
            done += item.usage().elapsedSeconds().isPresent()
                    ? cpuSeconds(item, item.usage())
                    : between(
                            item,
                            item.attempt().startedAt(),
                            item.attempt().outcome().flatMap(Outcome::finishedAt));
        }
        return new Spent(done, 0, 0);
    }

    /** A run that the scheduler ended by a requeue has no outcome: it ran until it was queued again. */
    private static double ended(Item item, Attempt attempt, Optional<Instant> until) {
        return attempt.outcome()
                .map(Outcome::usage)
                .map(usage -> cpuSeconds(item, usage))
                .orElseGet(() -> between(item, attempt.startedAt(), until));
    }

    private static double between(Item item, Optional<Instant> from, Optional<Instant> to) {
        if (from.isEmpty() || to.isEmpty()) {
            return 0;
        }
        return Math.max(0, Duration.between(from.get(), to.get()).toSeconds()) * (double) planned(item);
    }

    private static double cpuSeconds(Item item, Usage usage) {
        return (double) usage.elapsedSeconds().orElse(0) * (double) usage.cpus().orElse(planned(item));
    }

    private static int planned(Item item) {
        return item.plan().resources().cpus().orElse(1);
    }

    public double spentHours(Instant now) {
        return (done + Math.max(0, (double) cpus * (double) now.getEpochSecond() - cpusTimesStart)) / SECONDS_PER_HOUR;
    }

    public boolean isReached(Instant now) {
        return spentHours(now) >= ceilingHours();
    }

    public double ceilingHours() {
        return ceiling.get().orElse(Double.POSITIVE_INFINITY);
    }

    /** When it will be reached if what runs now goes on; the latest if not before. */
    public Instant wakeAt(Instant now, Instant latest) {
        if (ceiling.get().isEmpty() || cpus == 0) {
            return latest;
        }
        double left = (ceilingHours() - spentHours(now)) * SECONDS_PER_HOUR / cpus;
        long seconds = (long) Math.ceil(Math.max(0, Math.min(left, LOOK_AHEAD_MAX_S)));
        Instant at = now.plusSeconds(Math.max(1, seconds));
        return at.isBefore(latest) ? at : latest;
    }
}
