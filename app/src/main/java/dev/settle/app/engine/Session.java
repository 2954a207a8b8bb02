package dev.settle.app.engine;

import dev.settle.app.engine.source.ItemSource;
import dev.settle.app.process.Failure;
import dev.settle.core.file.StorageTrouble;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.WriteAnswer;
import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Durable;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.Undurable;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.Pause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Drives one run: takes inputs, lets the kernel decide, forces the events, performs the commands, hands them to the reader.
 * One thread runs {@link #drive}; any thread may post.
 */
public final class Session {
    /** Inputs that may wait; whoever posts more waits for room. */
    private static final int INBOX_MAX = 20_000;

    /** Inputs that share one force to disk. */
    private static final int BATCH_MAX = 512;

    /**
     * Turns are at least so long apart, so that inputs which come thick and fast share one force to disk: it costs as
     * much processor time as deciding a dozen of them.
     */
    private static final Duration TURN_MIN = Duration.ofMillis(30);

    /** Whoever waits for room looks so often whether the session is over. */
    private static final Duration POST_LOOK = Duration.ofMillis(100);

    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofSeconds(30);

    /** How long the disk may refuse before the run is ended with the reserved space. */
    private static final Duration STORAGE_PATIENCE = Duration.ofSeconds(60);

    /** Decisions of the item source in one turn; each begins a call or waits for one, so that there are only a few. */
    private static final int SOURCE_DECISIONS_MAX = 100;

    /** Before any time. */
    private static final Duration FIRST = Duration.ofSeconds(Long.MIN_VALUE);

    /** How a session came to its end. */
    public enum Ending {
        /** The run has ended, and that is on disk. */
        ENDED,
        /** Asked to leave; the run goes on without us. */
        LEFT,
        /** Asked by another command to let the background engine go on. */
        HANDED_OVER,
        /** Another driver has taken the run. */
        FENCED,
        /** The run could not be recorded any further. */
        STORAGE_FAILED
    }

    /** An input, and what is to be done once its consequences are on disk. */
    record Posted(Input input, Runnable recorded) {
        static Posted tick() {
            return new Posted(new Input.Tick(), () -> {});
        }
    }

    private final Kernel kernel;
    private final JournalWriter journal;
    private final Consumer<KernelCommand> performer;
    private final Consumer<List<Entry>> published;
    private final Consumer<String> notices;
    private final Supplier<ClockReading> time;
    private final Pause pause;
    private final Optional<ItemSource> source;
    private final BlockingQueue<Posted> inbox = new LinkedBlockingQueue<>(INBOX_MAX);
    private volatile Optional<String> leave = Optional.empty();
    private volatile boolean handsOver;
    private volatile Optional<Failure> failure = Optional.empty();
    private volatile boolean over;
    /** The word that we leave is decided; whoever asks in the middle of a turn waits for the next. */
    private boolean released;

    /** Performed and shown once it is on disk. */
    private final Undurable undurable = new Undurable();

    private final List<Runnable> unrecorded = new ArrayList<>();

    // On the steady time, which a clock that is set does not move.
    private Duration lastTurnAt = Duration.ZERO;
    private Duration wakeAt = FIRST;
    private Optional<Duration> refusedSince = Optional.empty();
    private Duration retryAt = FIRST;
    private Duration retryPause = RETRY_MIN;

    /**
     * A session of a run whose journal is open and whose lease is ours.
     *
     * @param performer performs a command and posts its answer, without blocking
     * @param published is handed what is on disk, in its order
     * @param notices loud words to the user about settle itself
     * @param time what time it is
     * @param pause lets that time pass
     * @param source where the run gets its items, if its run file does not name them
     */
    public Session(
            Kernel kernel,
            JournalWriter journal,
            Consumer<KernelCommand> performer,
            Consumer<List<Entry>> published,
            Consumer<String> notices,
            Supplier<ClockReading> time,
            Pause pause,
            Optional<ItemSource> source) {
        this.kernel = kernel;
        this.journal = journal;
        this.performer = performer;
        this.published = published;
        this.notices = notices;
        this.time = time;
        this.pause = pause;
        this.source = source;
    }

    /** Hands an input in; waits while too many are waiting. A session that is over takes none. */
    public void post(Input input) {
        post(input, () -> {});
    }

    /** The same, and calls back once what came of it is on disk. */
    public void post(Input input, Runnable recorded) {
        try {
            Posted posted = new Posted(input, recorded);
            // Whoever posts may do so for other runs as well: a session that is over must not keep him for ever.
            boolean taken = false;
            while (!over && !taken) {
                taken = inbox.offer(posted, POST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the session to leave the run as soon as what is decided is on disk. */
    public void leave(String why) {
        leave = Optional.of(why);
        inbox.offer(Posted.tick());
    }

    /** Asks the session to leave the run to the background engine, unless it is leaving already. */
    public void handOver() {
        if (leave.isEmpty()) {
            handsOver = true;
            leave("handed over to the background");
        }
    }

    /**
     * Ends the drive unless jobs of the run are live, because what it needs is not to be had; the run is as its journal
     * says, and can be taken up again.
     */
    public void fail(Failure why) {
        failure = Optional.of(why);
        inbox.offer(Posted.tick());
    }

    /**
     * Drives until the run ends or somebody asks to leave.
     *
     * @param first entries that open the session, already folded into the kernel's state
     * @throws Failure what was handed to {@link #fail}
     * @throws InterruptedException when the thread is to stop at once
     */
    public Ending drive(List<Entry> first) throws InterruptedException {
        try {
            Optional<Ending> ending = begin(first);
            while (ending.isEmpty()) {
                if (failure.isPresent() && kernel.state().counts().live() == 0) {
                    throw failure.get();
                }
                failure = Optional.empty();
                ending = turn(await());
            }
            return ending.get();
        } finally {
            over = true;
        }
    }

    /** The first commit of {@link #drive}; whoever brings time along himself calls this and {@link #turn}. */
    Optional<Ending> begin(List<Entry> first) {
        first.forEach(undurable::add);
        return commit(first);
    }

    /** One turn of {@link #drive}: inputs that share one force to disk. */
    Optional<Ending> turn(List<Posted> inputs) {
        List<Decision> decisions = new ArrayList<>();
        ClockReading now = time.get();
        for (Posted posted : inputs) {
            decisions.add(step(posted.input(), now));
            unrecorded.add(posted.recorded());
        }
        if (source.isPresent() && leave.isEmpty()) {
            decisions.addAll(take(source.get(), now));
        }
        boolean leaves = leave.isPresent() && kernel.state().ended().isEmpty();
        List<Entry> entries = new ArrayList<>();
        for (Decision decision : decisions) {
            undurable.add(leaves ? decision.withoutCommands() : decision);
            entries.addAll(decision.entries());
        }
        if (leaves) {
            Entry left = kernel.record(new RunEvent.Released(leave.get()), now);
            undurable.add(left);
            entries.add(left);
            released = true;
        }
        return commit(entries);
    }

    private Decision step(Input input, ClockReading now) {
        Decision decision = kernel.step(input, now);
        wakeAt = monotonic(now, decision.wakeAt());
        return decision;
    }

    /** Takes what the source decides until it has nothing more for now. */
    private List<Decision> take(ItemSource open, ClockReading now) {
        List<Decision> decisions = new ArrayList<>();
        Optional<ItemSource.Decision> next = open.next(kernel.state(), now.wall());
        for (int i = 0; next.isPresent() && i < SOURCE_DECISIONS_MAX; i++) {
            next.get().input().ifPresent(input -> decisions.add(step(input, now)));
            unrecorded.add(next.get().recorded());
            next = open.next(kernel.state(), now.wall());
        }
        wakeAt = earlier(
                wakeAt, next.isPresent() ? now.monotonic() : monotonic(now, open.wakeAt(kernel.state(), now.wall())));
        return decisions;
    }

    /** The inputs that wait, at least one: a tick when nothing comes in time. */
    private List<Posted> await() throws InterruptedException {
        List<Posted> inputs = new ArrayList<>();
        Posted first = inbox.poll(untilTick().toMillis(), TimeUnit.MILLISECONDS);
        Duration since = time.get().monotonic().minus(lastTurnAt);
        if (!since.isNegative()) {
            pause.of(TURN_MIN.minus(since));
        }
        lastTurnAt = time.get().monotonic();
        inputs.add(first == null ? Posted.tick() : first);
        inbox.drainTo(inputs, BATCH_MAX - 1);
        return inputs;
    }

    /** How long to wait for an input before a tick is due. */
    Duration untilTick() {
        Duration until = refusedSince.isPresent() ? earlier(retryAt, wakeAt) : wakeAt;
        if (until.equals(FIRST)) {
            return Duration.ZERO;
        }
        Duration wait = until.minus(time.get().monotonic()).plusMillis(1);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private static Duration monotonic(ClockReading now, Instant said) {
        return now.monotonic().plus(Duration.between(now.wall(), said));
    }

    private static Duration earlier(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private Optional<Ending> commit(List<Entry> entries) {
        if (!entries.isEmpty() || isTimeToRetry()) {
            WriteAnswer answer = journal.append(entries);
            switch (answer.kind()) {
                case WRITTEN -> written();
                case FENCED -> {
                    return Optional.of(Ending.FENCED);
                }
                case FAILED -> {
                    return refused((WriteAnswer.Failed) answer);
                }
            }
        }
        if (refusedSince.isPresent()) {
            ask();
            return Optional.empty();
        }
        Durable durable = undurable.release(journal.durable());
        tell(durable);
        durable.commands().forEach(performer);
        unrecorded.forEach(Runnable::run);
        unrecorded.clear();
        if (kernel.state().ended().isPresent()) {
            return Optional.of(Ending.ENDED);
        }
        return released ? Optional.of(handsOver ? Ending.HANDED_OVER : Ending.LEFT) : Optional.empty();
    }

    private boolean isTimeToRetry() {
        return refusedSince.isPresent() && time.get().monotonic().compareTo(retryAt) >= 0;
    }

    private void written() {
        if (refusedSince.isPresent()) {
            notices.accept("the journal can be written again; nothing was lost");
            refusedSince = Optional.empty();
            retryPause = RETRY_MIN;
        }
    }

    private void tell(Durable durable) {
        if (!durable.entries().isEmpty()) {
            published.accept(durable.entries());
            source.ifPresent(open -> open.report(durable.entries(), kernel.state()));
        }
    }

    /** Questions change nothing outside and may go on while the disk refuses; all else needs its record first. */
    private void ask() {
        undurable.takeQueries().forEach(performer);
    }

    /** The disk refuses: watch on, start nothing, try again, and in the end use the reserve. */
    private Optional<Ending> refused(WriteAnswer.Failed why) {
        Duration now = time.get().monotonic();
        if (refusedSince.isEmpty()) {
            refusedSince = Optional.of(now);
            notices.accept("the journal cannot be written: " + words(why)
                    + "; jobs go on, nothing new is started, trying again");
        }
        retryAt = now.plus(retryPause);
        retryPause = retryPause.multipliedBy(2).compareTo(RETRY_MAX) < 0 ? retryPause.multipliedBy(2) : RETRY_MAX;
        ask();
        boolean over = kernel.state().ended().isPresent() || leave.isPresent();
        boolean patienceOver = now.minus(refusedSince.get()).compareTo(STORAGE_PATIENCE) >= 0;
        return over || patienceOver ? Optional.of(lastRecord(why)) : Optional.empty();
    }

    private Ending lastRecord(WriteAnswer.Failed why) {
        ClockReading now = time.get();
        Stop stop = Stop.of(StopReason.STORAGE_FAILED, "the journal could not be written: " + words(why), now.wall());
        Entry last = kernel.record(new RunEvent.Ended(stop), now);
        WriteAnswer answer = journal.end(last);
        if (answer instanceof WriteAnswer.Written written) {
            if (written.dropped() > 0) {
                // What had to be given up was never so: only the end is told, with the number that it has on disk.
                undurable.clear();
                undurable.add(new Entry(journal.lastNumber(), last.at(), last.event()));
            } else {
                undurable.add(last);
            }
            tell(undurable.release(journal.durable()));
        } else {
            notices.accept("the run's end could not be recorded: " + words(why) + "; settle recover finds it");
        }
        return Ending.STORAGE_FAILED;
    }

    /** Java tells of these two with the path alone. */
    private static String words(WriteAnswer.Failed why) {
        boolean pathAlone = why.trouble() == StorageTrouble.GONE || why.trouble() == StorageTrouble.NOT_PERMITTED;
        return pathAlone ? why.trouble().phrase() + ": " + why.text() : why.text();
    }
}
