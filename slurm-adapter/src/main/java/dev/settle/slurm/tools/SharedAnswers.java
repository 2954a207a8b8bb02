package dev.settle.slurm.tools;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.scheduler.Pause;
import dev.settle.core.scheduler.Urgency;
import dev.settle.slurm.parse.Numbers;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One question for all settle processes of a user on a host. Whoever wants to know says so, then waits for his turn; who
 * asks takes along what the others want or wanted lately, and they take the answer. A short answer is kept as it came,
 * with its time and the ids it is about; silence is kept as well, so that a controller in trouble is not asked by
 * everybody.
 *
 * <p>A help, not a need: where files cannot be written or locked everybody asks alone.
 */
public final class SharedAnswers {
    /** Longer than a command may take: after that the one who asks is not waited for. */
    private static final Duration LOCK_MAX = Duration.ofSeconds(35);

    private static final Duration LOCK_LOOK_EVERY = Duration.ofMillis(50);

    /** How often one that waits for its turn looks for an answer that somebody else got. */
    private static final Duration TURN_LOOK_EVERY = Duration.ofMillis(500);

    /** No turn is that far away ({@link CommandLog#PAUSE_MAX}), unless clocks are set meanwhile. */
    private static final int LOOKS_MAX = 120;

    /** Less is not noticed. */
    private static final Duration TOLD_MIN = Duration.ofSeconds(1);

    /** Locks on files hold between processes only; between the runs of one driver these do. */
    private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    private final Path folder;
    private final Clock clock;
    private final Pause pause;
    private final int idsMax;
    private final QueryBudget budget;
    private volatile HeldListener listener = (tool, until, why) -> {};

    /** Is told of each query that is held back long enough to be noticed; must not block. */
    @FunctionalInterface
    public interface HeldListener {
        /**
         * A query waits for the budget.
         *
         * @param until when it is sent at the latest
         * @param why without the time
         */
        void heldBack(String tool, Instant until, String why);
    }

    /**
     * The answer and when it was asked for.
     *
     * @param at before the command started: what it says is not older
     */
    public record Answer(Result result, Instant at) {}

    /**
     * Answers in a folder.
     *
     * @param folder exists and is this user's
     * @param pause lets the clock's time pass
     * @param idsMax most ids of one command
     * @param budget what all processes of the user keep to
     */
    public SharedAnswers(Path folder, Clock clock, Pause pause, int idsMax, QueryBudget budget) {
        this.folder = folder;
        this.clock = clock;
        this.pause = pause;
        this.idsMax = idsMax;
        this.budget = budget;
    }

    /**
     * How a tool is asked.
     *
     * @param gap least time between two questions of all processes together
     * @param wantedFor how long what one asked about is taken along by others
     * @param columns how many its table has; the first two say whose a line is
     */
    public record Manner(String tool, Duration gap, Duration wantedFor, int columns) {}

    /** Who is told of queries that are held back. */
    public void listen(HeldListener told) {
        listener = told;
    }

    /**
     * A query that waits for its turn.
     *
     * @param since answers to questions that were asked before are too old
     * @param question asks the tool
     */
    public record Wish(
            Manner manner, Urgency urgency, List<String> ids, Instant since, Function<List<String>, Result> question) {}

    /**
     * An answer: once the gap since the last query has passed and the budget has room, or sooner when another query
     * brings it. The lock is not held while somebody waits for his turn.
     */
    public Answer ask(Wish wish) {
        want(wish.manner().tool(), wish.ids());
        Optional<Instant> turnAt = Optional.empty();
        try {
            for (int looks = 0; looks < LOOKS_MAX; looks++) {
                Turn turn = turn(wish, turnAt);
                if (turn.answer().isPresent()) {
                    return turn.answer().get();
                }
                // What others send meanwhile does not put it off.
                turnAt = Optional.of(turn.at());
                Duration left = Duration.between(clock.instant(), turn.at());
                pause.of(left.compareTo(TURN_LOOK_EVERY) < 0 ? left : TURN_LOOK_EVERY);
            }
            return alone(wish);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(
                    new Result(Kind.NOT_STARTED, -1, "", "interrupted while it waited for its turn"), clock.instant());
        }
    }

    /**
     * Returns when the budget has room for a query that nobody else's answer can serve.
     *
     * @throws InterruptedException when the thread is not to wait any longer
     */
    public void awaitRoom(String tool, Urgency urgency) throws InterruptedException {
        Optional<QueryBudget.Held> held = budget.held(urgency, QueryBudget.Company.ALONE, Optional.empty());
        if (held.isPresent()) {
            tell(tool, held.get());
            pause.of(Duration.between(clock.instant(), held.get().until()));
        }
    }

    private void tell(String tool, QueryBudget.Held held) {
        if (Duration.between(clock.instant(), held.until()).compareTo(TOLD_MIN) >= 0) {
            listener.heldBack(tool, held.until(), held.why());
        }
    }

    /** A look at the answers: one that serves, or when it is our turn to ask. */
    private record Turn(Optional<Answer> answer, Instant at) {}

    private Turn turn(Wish wish, Optional<Instant> turnAt) throws InterruptedException {
        String tool = wish.manner().tool();
        ReentrantLock lock = LOCKS.computeIfAbsent(folder.resolve(tool), path -> new ReentrantLock());
        if (!lock.tryLock(LOCK_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            return answered(aloneInTurn(wish));
        }
        try (ProcessLock held = lock(folder.resolve(tool + ".lock"))) {
            return held.state() == ProcessLock.State.LOCKED ? together(wish, turnAt) : answered(aloneInTurn(wish));
        } catch (IOException e) {
            return answered(aloneInTurn(wish));
        } finally {
            lock.unlock();
        }
    }

    /**
     * An answer about all the ids that is newer than one that is known, and at most so old; asks nobody. Looked for again
     * and again, so that it is here that what is too old for anybody is let go.
     */
    public Optional<Answer> newer(Manner manner, List<String> ids, Instant than, Duration ageMax) {
        Instant now = clock.instant();
        Instant since = now.minus(ageMax);
        KeptAnswer.forgetBefore(since);
        try {
            Path file = folder.resolve(manner.tool() + ".answer");
            if (!Files.exists(file)
                    || Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                return Optional.empty();
            }
            return kept(manner, ids, since, now).filter(answer -> answer.at().isAfter(than));
        } catch (IOException e) {
            // The one who asks replaces the file just now; there is a next look.
            return Optional.empty();
        }
    }

    private Answer aloneInTurn(Wish wish) throws InterruptedException {
        awaitRoom(wish.manner().tool(), wish.urgency());
        return alone(wish);
    }

    private Answer alone(Wish wish) {
        return about(wish.ids(), wish);
    }

    private Answer about(List<String> ids, Wish wish) {
        Instant at = clock.instant();
        return new Answer(wish.question().apply(ids), at);
    }

    private static Turn answered(Answer answer) {
        return new Turn(Optional.of(answer), answer.at());
    }

    /** The lock, or none where it cannot be had in time. */
    private ProcessLock lock(Path file) throws IOException {
        ProcessLock lock = ProcessLock.attempt(file);
        try {
            for (long looks = LOCK_MAX.dividedBy(LOCK_LOOK_EVERY);
                    lock.state() == ProcessLock.State.BUSY && looks > 0;
                    looks--) {
                pause.of(LOCK_LOOK_EVERY);
                lock = ProcessLock.attempt(file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lock;
    }

    /** Says what is wanted before it is our turn, so that whoever asks until then takes it along. */
    private void want(String tool, List<String> ids) {
        try {
            OwnFiles.append(folder.resolve(tool + ".wanted"), lines(ids, clock.millis()));
        } catch (IOException e) {
            // Then we ask ourselves.
            return;
        }
    }

    private static String lines(Iterable<String> ids, long at) {
        StringBuilder text = new StringBuilder();
        ids.forEach(id -> text.append(id).append(' ').append(at).append('\n'));
        return text.toString();
    }

    private Turn together(Wish wish, Optional<Instant> known) throws IOException {
        Manner manner = wish.manner();
        List<String> ids = wish.ids();
        String tool = manner.tool();
        Instant now = clock.instant();
        Optional<Answer> kept = kept(manner, ids, wish.since(), now);
        if (kept.isPresent()) {
            return answered(kept.get());
        }
        Map<String, Long> wanted = wanted(tool, now.minus(manner.wantedFor()).toEpochMilli(), now.toEpochMilli());
        Instant turnAt = known.isPresent() ? known.get() : turnAt(wish, wanted, now);
        // Whoever else wants something until it is our turn is served by the same command.
        if (now.isBefore(turnAt)) {
            return new Turn(Optional.empty(), turnAt);
        }
        Set<String> all = new LinkedHashSet<>(ids);
        wanted.keySet().stream().limit(Math.max(0, idsMax - ids.size())).forEach(all::add);
        Answer answer = about(List.copyOf(all), wish);
        Optional<KeptAnswer> shared =
                KeptAnswer.write(folder.resolve(tool + ".answer"), manner, all, answer, clock.instant());
        wanted.keySet().removeAll(Set.copyOf(ids));
        StringBuilder text = new StringBuilder(lines(ids, now.toEpochMilli()));
        wanted.forEach((id, at) -> text.append(id).append(' ').append(at).append('\n'));
        AtomicFile.write(folder.resolve(tool + ".wanted"), text.toString(), AtomicFile.Durability.MAY_BE_LOST);
        return answered(shared.map(each -> each.about(ids)).orElse(answer));
    }

    /** When it is the query's turn; tells where the budget is the reason to wait. */
    private Instant turnAt(Wish wish, Map<String, Long> wanted, Instant now) throws IOException {
        Path file = folder.resolve(wish.manner().tool() + ".answer");
        Optional<KeptAnswer> kept = Files.exists(file) ? KeptAnswer.read(file, wish.manner()) : Optional.empty();
        // What the future answered was answered before the clock was set back.
        Optional<Instant> last = kept.map(KeptAnswer::answeredAt).filter(at -> !at.isAfter(now));
        Instant gapOver = last.map(at -> at.plus(wish.manner().gap())).orElse(now);
        QueryBudget.Company company =
                kept.map(each -> company(wish, each, wanted)).orElse(QueryBudget.Company.ALONE);
        Optional<QueryBudget.Held> held = budget.held(wish.urgency(), company, last);
        if (held.isEmpty() || held.get().until().isBefore(gapOver)) {
            return gapOver;
        }
        tell(wish.manner().tool(), held.get());
        return held.get().until();
    }

    private static QueryBudget.Company company(Wish wish, KeptAnswer last, Map<String, Long> wanted) {
        boolean othersWait = wanted.entrySet().stream()
                .anyMatch(each -> each.getValue() > last.at().toEpochMilli()
                        && !wish.ids().contains(each.getKey()));
        return othersWait || last.isAboutAnyOf(wish.ids()) ? QueryBudget.Company.SHARED : QueryBudget.Company.ALONE;
    }

    /** What others asked about lately, by id, with the time. */
    private Map<String, Long> wanted(String tool, long since, long now) throws IOException {
        Map<String, Long> wanted = new LinkedHashMap<>();
        Path file = folder.resolve(tool + ".wanted");
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int blank = line.indexOf(' ');
                long at = blank <= 0
                        ? 0
                        : Numbers.parseLong(line.substring(blank + 1)).orElse(0);
                if (at >= since && at <= now) {
                    wanted.put(line.substring(0, blank), at);
                }
            }
        }
        return wanted;
    }

    private Optional<Answer> kept(Manner manner, List<String> ids, Instant since, Instant now) throws IOException {
        Path file = folder.resolve(manner.tool() + ".answer");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return KeptAnswer.read(file, manner)
                .filter(kept -> kept.serves(ids, since, now))
                .map(kept -> kept.about(ids));
    }
}
