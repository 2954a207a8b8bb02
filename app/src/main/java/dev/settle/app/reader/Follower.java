package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.Signals;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.JournalFollower;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Source.Role;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Follows a run that somebody else drives, by reading its journal as it grows. */
public final class Follower {
    /** Reading what was appended costs one file look, of which an hour has many: where nothing happens they are rarer. */
    private static final long LOOK_EVERY_MILLIS = 200;

    private static final long QUIET_LOOK_EVERY_MILLIS = 600;
    private static final Duration QUIET_AFTER = Duration.ofSeconds(20);

    private static final Duration CHECK_DRIVER_EVERY = Duration.ofSeconds(2);

    /**
     * When to stop following before the run ends.
     *
     * @param until leave then
     * @param failFast leave at the first failed item
     * @param enough leave when this holds
     * @param only whose changes are told
     * @param giveUpAfter leave when the scheduler has not answered the driver for so long
     */
    public record Limits(
            Optional<Instant> until,
            boolean failFast,
            Predicate<RunState> enough,
            ItemFilter only,
            Optional<Duration> giveUpAfter) {
        /** Nothing but the end of the run. */
        public static Limits none() {
            return new Limits(Optional.empty(), false, state -> false, new ItemFilter(List.of()), Optional.empty());
        }

        private boolean isOver(Instant now) {
            return until.filter(end -> !now.isBefore(end)).isPresent();
        }

        private boolean isGivenUp(RunState state, Instant now) {
            return giveUpAfter.isPresent()
                    && state.silent().values().stream()
                            .filter(entry ->
                                    ((RunEvent.Silent) entry.event()).source().role() == Role.CONTROLLER)
                            .anyMatch(entry -> !now.isBefore(entry.at().plus(giveUpAfter.get())));
        }

        /** Whether one of them has failed already. */
        boolean isFailed(RunState state) {
            return failFast
                    && only.items(state).stream()
                            .anyMatch(item -> item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED);
        }
    }

    /** Why following ended. */
    enum Outcome {
        ENDED,
        DRIVER_GONE,
        TIMED_OUT,
        ITEM_FAILED,
        ENOUGH,
        GAVE_UP,
        SIGNALLED
    }

    private final App app;
    private final Runs runs;
    private final LeaseService owners;
    private final BlockingQueue<Signals.Kind> signals = new ArrayBlockingQueue<>(8);

    Follower(App app, Runs runs, LeaseService owners) {
        this.app = app;
        this.runs = runs;
        this.owners = owners;
    }

    /** The signal that ended the following. */
    Optional<Signals.Kind> signal() {
        return Optional.ofNullable(signals.peek());
    }

    /**
     * Follows until the run ends, its driver dies, or a limit is met.
     *
     * @param show told of every new entry
     * @param run as it was opened; its fold is carried on
     */
    Outcome follow(Runs.OpenRun run, RunPresenter show, Limits limits) throws InterruptedException {
        Signals.handle(kind -> {
            if (!signals.offer(kind) || signals.size() > 1) {
                app.halt().accept(kind.status().code());
            }
        });
        RunFolder folder = run.folder();
        RunState state = run.state();
        Clock clock = app.wiring().clock();
        Instant driverCheckedAt = Instant.MIN;
        Instant heardAt = clock.instant();
        try {
            JournalFollower journal = new JournalFollower(runs.disk(), folder.journal(), run.end(), state.lastNumber());
            while (true) {
                JournalFollower.News news = journal.poll();
                heardAt = news.entries().isEmpty() ? heardAt : clock.instant();
                for (Entry entry : news.entries()) {
                    if (entry.number() <= state.lastNumber()) {
                        continue;
                    }
                    state.apply(entry);
                    if (!limits.only().concerns(entry, state)) {
                        continue;
                    }
                    show.entry(entry, state);
                    if (limits.failFast() && isFailure(entry)) {
                        return Outcome.ITEM_FAILED;
                    }
                }
                show.drawn(state);
                if (state.ended().isPresent()) {
                    return Outcome.ENDED;
                }
                if (limits.enough().test(state)) {
                    return Outcome.ENOUGH;
                }
                if (limits.isOver(clock.instant())) {
                    return Outcome.TIMED_OUT;
                }
                if (limits.isGivenUp(state, clock.instant())) {
                    return Outcome.GAVE_UP;
                }
                if (clock.instant().isAfter(plus(driverCheckedAt, CHECK_DRIVER_EVERY))) {
                    driverCheckedAt = clock.instant();
                    if (news.entries().isEmpty() && !owners.isDriven(folder)) {
                        return Outcome.DRIVER_GONE;
                    }
                }
                show.quiet(state);
                boolean quiet = clock.instant().isAfter(heardAt.plus(QUIET_AFTER));
                long pause = quiet ? QUIET_LOOK_EVERY_MILLIS : LOOK_EVERY_MILLIS;
                Signals.Kind kind = signals.poll(pause, TimeUnit.MILLISECONDS);
                if (kind != null) {
                    signals.add(kind);
                    return Outcome.SIGNALLED;
                }
            }
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    private static Instant plus(Instant at, Duration pause) {
        return at.equals(Instant.MIN) ? at : at.plus(pause);
    }

    static boolean isFailure(Entry entry) {
        if (entry.event() instanceof RunEvent.OfItem of) {
            return switch (of.event().kind()) {
                case SETTLED -> ((ItemEvent.Settled) of.event()).outcome().state() != ItemState.COMPLETED;
                case CORRECTED -> ((ItemEvent.Corrected) of.event()).outcome().state() != ItemState.COMPLETED;
                default -> false;
            };
        }
        return false;
    }
}
