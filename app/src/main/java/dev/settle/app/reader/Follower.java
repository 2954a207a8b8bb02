package dev.settle.app.reader;

import dev.settle.app.engine.AdoptedRun;
import dev.settle.app.engine.Background;
import dev.settle.app.engine.EngineListener;
import dev.settle.app.process.Wiring;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.file.JournalFollower;
import dev.settle.core.kernel.Input;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows one run: the one loop that turns a growing journal into what is shown, and decides when to stop. The engine in
 * this process hands over what it has written; the journal of a run that another process manages is read as it grows.
 */
final class Follower implements EngineListener {
    /** Reading what was appended costs one file look, of which an hour has many: where nothing happens they are rarer. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private static final Duration QUIET_LOOK_EVERY = Duration.ofMillis(600);
    private static final Duration QUIET_AFTER = Duration.ofSeconds(20);

    private static final Duration CHECK_ENGINE_EVERY = Duration.ofSeconds(2);

    /** So long a background engine may take to begin before this command takes the run back. */
    private static final Duration BEGIN_MAX = Duration.ofSeconds(30);

    /** Batches that may wait to be shown; the engine then waits for room. */
    private static final int BATCHES_MAX = 256;

    /** What comes in from other threads. */
    private sealed interface News {}

    private record Published(List<Entry> entries) implements News {}

    private record EngineEnded(EngineEnd end) implements News {}

    private record Signalled() implements News {}

    private record OthersLeft() implements News {}

    /** A key was pressed. */
    private record Pressed() implements News {}

    /** Whether a run that no process manages is taken over. */
    interface TakeOver {
        Optional<AdoptedRun> of(RunState state, EngineListener listener) throws IOException, InterruptedException;
    }

    private final Invocation invocation;
    private final Clock clock;
    private final Runs.OpenRun run;
    private final long openedNumber;
    private final RunState state;
    private final StopConditions conditions;
    private final Optional<TakeOver> takeOver;
    private final BlockingQueue<News> inbox = new LinkedBlockingQueue<>(BATCHES_MAX);
    private volatile Optional<AdoptedRun> engine = Optional.empty();
    private volatile boolean over;

    private Optional<JournalFollower> journal = Optional.empty();
    private Optional<FollowEnd> leaving = Optional.empty();
    private Instant engineSince;
    private Instant engineCheckedAt = Instant.MIN;
    private Instant newsAt;
    private boolean readerLeft;

    /** @param run as it was opened; its fold is carried on */
    Follower(Invocation invocation, Runs.OpenRun run, StopConditions conditions, Optional<TakeOver> takeOver) {
        this.invocation = invocation;
        this.clock = invocation.app().wiring().clock();
        this.run = run;
        this.state = run.state();
        this.openedNumber = state.lastNumber();
        this.conditions = conditions;
        this.takeOver = takeOver;
        this.engineSince = clock.instant();
        this.newsAt = engineSince;
    }

    /** The engine in this process, while there is one. */
    Optional<AdoptedRun> engine() {
        return engine;
    }

    /** The run is managed in this process from now on. */
    void managedBy(AdoptedRun adopted) {
        engine = Optional.of(adopted);
        engineSince = clock.instant();
    }

    /** Wakes the loop because a signal asks to stop watching. */
    void signalled() {
        post(new Signalled());
    }

    /** Wakes the loop because the command leaves another run that it watches, and with it this one. */
    void othersLeft() {
        post(new OthersLeft());
    }

    /** Wakes the loop to draw, if it is not awake already. */
    void wake() {
        inbox.offer(new Pressed());
    }

    @Override
    public void published(List<Entry> entries) {
        post(new Published(entries));
    }

    @Override
    public void ended(EngineEnd end) {
        post(new EngineEnded(end));
    }

    private void post(News news) {
        try {
            while (!over && !inbox.offer(news, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                // The reader is slow: its pipe is full, or its terminal is stopped.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Which process manages the run, as far as this one knows. */
    DriverView view(RunState shown) {
        if (engine.isEmpty()) {
            return invocation.leases().view(run.folder(), shown);
        }
        Wiring wiring = invocation.app().wiring();
        Optional<Instant> answered = engine.get().lastAnswer();
        return shown.ended().isPresent()
                ? DriverView.none(answered)
                : DriverView.alive(wiring.host(), wiring.pid(), engineSince, answered);
    }

    /**
     * Follows until the run ends or a condition is met.
     *
     * @param first entries of the journal that are to be shown and that the state lacks
     * @param presenter shows every new entry
     */
    FollowEnd follow(List<Entry> first, RunPresenter presenter) throws IOException, InterruptedException {
        try {
            Optional<FollowEnd> end = first.isEmpty() ? Optional.empty() : shown(first, presenter);
            while (end.isEmpty()) {
                if (engine.isEmpty()) {
                    end = look(presenter);
                }
                end = end.or(this::decided);
                presenter.drawn(state);
                presenter.quiet(state);
                endUnread(presenter);
                presenter.slow(engine.map(AdoptedRun::unanswered).orElse(Map.of()));
                if (end.isEmpty()) {
                    end = taken(inbox.poll(pause(presenter).toMillis(), TimeUnit.MILLISECONDS), presenter);
                }
            }
            presenter.drawn(state);
            return end.get();
        } finally {
            over = true;
        }
    }

    /** A command that writes into a pipe ends when its reader has left, as it would without settle; it is asked once. */
    private void endUnread(RunPresenter presenter) {
        if (readerLeft || engine.isEmpty() || !presenter.hasReaderLeft()) {
            return;
        }
        readerLeft = true;
        invocation.app().console().notice("settle: the reader of stdout has left, so the command is cancelled");
        engine.get()
                .post(new Input.CancelAsked(
                        Set.of(), invocation.app().environment().user()));
    }

    private Duration pause(RunPresenter presenter) {
        Instant now = clock.instant();
        Duration pause = engine.isPresent()
                ? presenter.pace()
                : now.isAfter(newsAt.plus(QUIET_AFTER)) ? QUIET_LOOK_EVERY : LOOK_EVERY;
        Duration left = conditions
                .until()
                .filter(until -> leaving.isEmpty())
                .map(until -> Duration.between(now, until))
                .orElse(pause);
        return left.compareTo(pause) >= 0 ? pause : left.isNegative() ? Duration.ZERO : left;
    }

    private Optional<FollowEnd> taken(@Nullable News news, RunPresenter presenter)
            throws IOException, InterruptedException {
        if (news instanceof Published published) {
            return shown(published.entries(), presenter);
        }
        if (news instanceof EngineEnded ended) {
            return engineEnded(ended.end());
        }
        if (news instanceof OthersLeft) {
            return leave(FollowEnd.LEFT_WITH_OTHERS, "the watching of another run ended");
        }
        return news instanceof Signalled ? leave(FollowEnd.SIGNALLED, "a signal ended the watching") : Optional.empty();
    }

    private Optional<FollowEnd> engineEnded(EngineEnd end) throws IOException, InterruptedException {
        if (end instanceof Failed failed) {
            throw rethrown(failed.cause());
        }
        return switch (((Left) end).ending()) {
            case ENDED -> Optional.of(FollowEnd.RUN_ENDED);
            case LEFT -> Optional.of(leaving.orElse(FollowEnd.SIGNALLED));
            case STORAGE_FAILED -> Optional.of(FollowEnd.STORAGE_FAILED);
            case HANDED_OVER -> {
                engine.ifPresent(AdoptedRun::handOver);
                engine = Optional.empty();
                engineCheckedAt = clock.instant().plus(BEGIN_MAX);
                Background.leave(run.folder(), run.state().plan(), invocation.app(), invocation.runs());
                invocation
                        .app()
                        .console()
                        .notice("settle: the background engine manages run "
                                + run.folder().id() + " from now on; this command goes on watching it");
                yield leaving;
            }
            case FENCED -> {
                engine.ifPresent(AdoptedRun::close);
                engine = Optional.empty();
                invocation
                        .app()
                        .console()
                        .notice("settle: another process manages run "
                                + run.folder().id() + " now; this one goes on watching it");
                yield leaving;
            }
        };
    }

    private static IOException rethrown(Throwable cause) throws InterruptedException {
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return (IOException) cause;
    }

    /** Applies and shows entries; ends at a failed item where that is a reason to leave. */
    private Optional<FollowEnd> shown(List<Entry> entries, RunPresenter presenter) {
        newsAt = entries.isEmpty() ? newsAt : clock.instant();
        for (Entry entry : entries) {
            if (entry.number() <= state.lastNumber()) {
                continue;
            }
            state.apply(entry);
            if (!conditions.only().concerns(entry, state)) {
                continue;
            }
            presenter.entry(entry, state);
            if (conditions.isFailedBy(entry)) {
                Optional<FollowEnd> end = leave(FollowEnd.ITEM_FAILED, "left at the first failed item");
                if (end.isPresent()) {
                    return end;
                }
            }
        }
        return Optional.empty();
    }

    /** Looks for what another process has written, and whether that process still lives. */
    private Optional<FollowEnd> look(RunPresenter presenter) throws IOException, InterruptedException {
        List<Entry> news = written();
        Optional<FollowEnd> end = shown(news, presenter);
        Instant now = clock.instant();
        boolean due = engineCheckedAt.equals(Instant.MIN) || now.isAfter(engineCheckedAt.plus(CHECK_ENGINE_EVERY));
        if (end.isPresent() || !due || !news.isEmpty() || state.ended().isPresent()) {
            return end;
        }
        engineCheckedAt = now;
        if (invocation.leases().isDriven(run.folder())) {
            return Optional.empty();
        }
        if (takeOver.isEmpty()) {
            return Optional.of(FollowEnd.ENGINE_GONE);
        }
        Optional<AdoptedRun> adopted = takeOver.get().of(state, this);
        if (adopted.isPresent()) {
            managedBy(adopted.get());
            // What was written between the last look and the moment when the lease became ours.
            return shown(written(), presenter);
        }
        return Optional.empty();
    }

    /** What was appended to the journal since the last look. */
    private List<Entry> written() {
        try {
            if (journal.isEmpty()) {
                journal = Optional.of(new JournalFollower(
                        invocation.runs().disk(), run.folder().journal(), run.end(), openedNumber));
            }
            return journal.get().poll().entries();
        } catch (IOException e) {
            throw invocation.runs().cannotRead(e);
        }
    }

    private Optional<FollowEnd> decided() {
        if (engine.isEmpty() && state.ended().isPresent()) {
            return Optional.of(FollowEnd.RUN_ENDED);
        }
        if (conditions.enough().test(state)) {
            return leave(FollowEnd.ENOUGH, "what was waited for has settled");
        }
        if (conditions.isOver(clock.instant())) {
            return leave(FollowEnd.TIMED_OUT, "the watcher's --timeout passed");
        }
        // An engine ends the run itself when its scheduler is silent.
        return engine.isEmpty() && conditions.isGivenUp(state, clock.instant())
                ? Optional.of(FollowEnd.GAVE_UP)
                : Optional.empty();
    }

    /** Ends the following; where the run is managed here, as soon as the engine has left it. The first reason holds. */
    private Optional<FollowEnd> leave(FollowEnd end, String why) {
        if (engine.isEmpty()) {
            return Optional.of(end);
        }
        if (leaving.isEmpty()) {
            leaving = Optional.of(end);
            engine.get().leave(why);
        }
        return Optional.empty();
    }
}
