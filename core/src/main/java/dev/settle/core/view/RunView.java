package dev.settle.core.view;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Counts;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunPhase;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopText;
import dev.settle.core.run.Verdict;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.text.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a run: its state as the journal has it, and whether somebody drives it, which only the lease knows.
 *
 * <p>A reading glass, not a copy: it costs nothing to make, and is good until the run's next event.
 */
public final class RunView {
    /** What a run is called that has not ended and that nobody drives. */
    public static final String STALLED = "stalled";

    private final RunState run;
    private final DriverView driver;
    private final OutputPaths paths;
    private final Instant now;
    private final Map<String, Integer> commands;
    private @Nullable StopText stopText;

    /**
     * Looks at a run.
     *
     * @param run with its first journal line folded in
     * @param now for the times that still go on
     */
    public RunView(RunState run, DriverView driver, OutputPaths paths, Instant now) {
        this(run, driver, paths, now, Map.of());
    }

    private RunView(RunState run, DriverView driver, OutputPaths paths, Instant now, Map<String, Integer> commands) {
        this.run = run;
        this.driver = driver;
        this.paths = paths;
        this.now = now;
        this.commands = commands;
    }

    /** The same, with the scheduler's commands that the run has sent, by tool. */
    public RunView withCommands(Map<String, Integer> sent) {
        return new RunView(run, driver, paths, now, Map.copyOf(sent));
    }

    public Map<String, Integer> commands() {
        return commands;
    }

    public RunState run() {
        return run;
    }

    public DriverView driver() {
        return driver;
    }

    public OutputPaths paths() {
        return paths;
    }

    public Instant now() {
        return now;
    }

    public String id() {
        return run.id().value();
    }

    public String name() {
        return run.opened().name();
    }

    public Counts counts() {
        return run.counts();
    }

    public List<Item> items() {
        return run.items();
    }

    public boolean isEnded() {
        return run.ended().isPresent();
    }

    /** Not ended, and nobody drives it: it stands still until somebody watches, resumes or recovers it. */
    public boolean isStalled() {
        return !isEnded() && !driver.alive();
    }

    /** The queries that wait for the user's budget of commands now, with the time when each is sent at the latest. */
    public List<RunEvent.HeldBack> heldBack() {
        List<RunEvent.HeldBack> held = new ArrayList<>();
        if (!isEnded() && driver.alive()) {
            for (RunEvent.HeldBack each : run.heldBack().values()) {
                if (each.until().isAfter(now)) {
                    held.add(each);
                }
            }
        }
        return held;
    }

    /** {@code running}, {@code stalled} or how the run ended. */
    public String stateWord() {
        return isStalled() ? STALLED : run.phase().word();
    }

    public RunPhase phase() {
        return run.phase();
    }

    /** Ended, and no item can change any more. */
    public boolean isSettled() {
        return isEnded() && counts().open() == 0;
    }

    public Optional<Verdict> verdict() {
        Optional<Stop> ended = run.ended();
        return ended.isEmpty() ? Optional.empty() : Optional.of(Verdict.of(ended.get(), counts(), run.unconfirmed()));
    }

    /** The exit status of contract.md, 2; empty until the run has ended. */
    public OptionalInt exitStatus() {
        Optional<Verdict> verdict = verdict();
        return verdict.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(verdict.get().exitStatus());
    }

    /** Why the run ended, or why it is about to. */
    public Optional<Stop> stop() {
        return run.ended().isPresent() ? run.ended() : run.stopping();
    }

    /** The words for {@link #stop}; worked out once a view. */
    public Optional<StopText> stopText() {
        Optional<Stop> stop = stop();
        if (stop.isEmpty()) {
            return Optional.empty();
        }
        StopText text = stopText;
        if (text == null) {
            text = StopText.of(run, stop.get());
            stopText = text;
        }
        return Optional.of(text);
    }

    /** The first line that is shown of the run, whatever its state. */
    public String headline() {
        if (isEnded()) {
            return stopText().orElseThrow().headline();
        }
        int over = counts().total() - counts().open();
        String progress = over + " of " + counts().total() + " items have ended.";
        if (isStalled()) {
            return "Run stalled: no settle process is managing it. " + progress;
        }
        return run.stopping().isPresent()
                ? "Stopping: " + run.stopping().get().reason().phrase() + ". " + progress
                : "Running: " + progress;
    }

    /** Which process managed a stalled run, and until when; empty where the last one left it in order. */
    public Optional<String> gone(ZoneId zone) {
        return !isStalled() || driver.host().isEmpty() || driver.since().isEmpty()
                ? Optional.empty()
                : Optional.of("No process has managed it since "
                        + Times.second(driver.since().get(), zone) + " (process "
                        + driver.pid().orElse(0) + " on " + driver.host().get() + " is gone).");
    }

    /** What to do next; empty when there is nothing to do. */
    public Optional<String> hint() {
        if (isStalled()) {
            return Optional.of(
                    "See what happened with settle recover --dry-run " + id() + "; to continue: settle watch " + id());
        }
        return isEnded() ? stopText().orElseThrow().hint() : Optional.empty();
    }

    /** How long the run has been going, or took. */
    public Duration elapsed() {
        return between(run.createdAt(), run.endedAt().orElse(now));
    }

    /** How long an attempt has been running, or ran; empty when it never started or its end is not known. */
    public Optional<Duration> elapsed(Item item, Attempt attempt) {
        if (attempt.outcome().isPresent()) {
            // Accounting may have given better figures after the verdict; they are the item's.
            Usage usage = attempt == item.attempt()
                    ? item.usage()
                    : attempt.outcome().get().usage();
            // Slurm says 0 of what never started.
            boolean started = attempt.outcome().get().startedAt().isPresent()
                    || usage.elapsedSeconds().orElse(0) > 0;
            if (started && usage.elapsedSeconds().isPresent()) {
                long seconds = usage.elapsedSeconds().getAsLong();
                // The same in whole seconds: where the times are finer they tell more of a short job.
                return Optional.of(measured(attempt)
                        .filter(time -> Math.abs(time.toMillis() - seconds * 1_000) < 1_000)
                        .orElse(Duration.ofSeconds(seconds)));
            }
            return measured(attempt);
        }
        boolean ticking = attempt == item.attempt() && item.state().isLive();
        return ticking && attempt.startedAt().isPresent()
                ? Optional.of(
                        between(attempt.startedAt().get(), attempt.leftAt().orElse(now))
                                .truncatedTo(ChronoUnit.SECONDS))
                : Optional.empty();
    }

    private static Optional<Duration> measured(Attempt attempt) {
        Optional<Instant> finished = attempt.outcome().flatMap(Outcome::finishedAt);
        return attempt.startedAt().isPresent() && finished.isPresent()
                ? Optional.of(between(attempt.startedAt().get(), finished.get()))
                : Optional.empty();
    }

    /** Clocks of different machines may disagree by a little; nobody is shown a negative time. */
    private static Duration between(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }
}
