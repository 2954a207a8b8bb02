package dev.settle.slurm.tools;

import dev.settle.core.file.OwnFiles;
import dev.settle.core.scheduler.Pause;
import dev.settle.slurm.parse.Numbers;
import dev.settle.slurm.parse.RowsByJob;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
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
import org.jspecify.annotations.Nullable;

/**
 * One question for all settle processes of a user on a host. Whoever wants to know says so, then waits for his turn; who
 * asks takes along what the others want or wanted lately, and they take the answer. A short answer is kept as it came,
 * with its time and the ids it is about; silence is kept as well, so that a controller in trouble is not asked by
 * everybody.
 *
 * <p>A help, not a need: where files cannot be written or locked everybody asks alone.
 */
public final class SharedAnswers {
    /** Longer answers are not worth keeping: who asks about so much asks seldom. */
    private static final int ANSWER_CHARS_MAX = 8 << 20;

    /** Longer than a command may take: after that the one who asks is not waited for. */
    private static final Duration LOCK_MAX = Duration.ofSeconds(35);

    private static final Duration LOCK_LOOK_EVERY = Duration.ofMillis(50);
    private static final String MAGIC = "settle-answer 2 ";

    /** Locks on files hold between processes only; between the runs of one driver these do. */
    private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    /**
     * What a file holds, as long as it is fresh: the runs of one driver take it one after the other, and it may be large.
     */
    private static final Map<Path, Kept> READ = new ConcurrentHashMap<>();

    /** By what a file that another process has replaced is known. */
    private record Written(FileTime at, long bytes) {
        static Written of(Path file) throws IOException {
            return new Written(Files.getLastModifiedTime(file), Files.size(file));
        }

        /** Instead of a record's own equals, which is spun at its first use. */
        boolean isAs(Written other) {
            return bytes == other.bytes && at.equals(other.at);
        }
    }

    /** An answer as it lies in its file, and whom its lines are about. */
    private static final class Kept {
        private final Written written;
        private final Set<String> ids;
        private final Answer answer;
        private final int columns;
        private @Nullable RowsByJob rows;

        Kept(Written written, Set<String> ids, Answer answer, int columns) {
            this.written = written;
            this.ids = ids;
            this.answer = answer;
            this.columns = columns;
        }

        boolean isOlderThan(Instant since) {
            return answer.at().isBefore(since);
        }

        /** What it says of some of its ids. */
        synchronized Answer about(List<String> some) {
            if (some.size() == ids.size()) {
                return answer;
            }
            Result all = answer.result();
            RowsByJob known = rows;
            if (known == null) {
                known = RowsByJob.of(all.stdout(), columns);
                rows = known;
            }
            return new Answer(new Result(all.kind(), all.exitCode(), known.of(some), all.stderr()), answer.at());
        }
    }

    private final Path folder;
    private final Clock clock;
    private final Pause pause;
    private final int idsMax;
    private final Runnable budget;

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
     * @param budget returns when the user's budget has room for a question
     */
    public SharedAnswers(Path folder, Clock clock, Pause pause, int idsMax, Runnable budget) {
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

    /**
     * An answer about ids.
     *
     * @param since answers to questions that were asked before are too old
     * @param question asks the tool
     */
    public Answer ask(Manner manner, List<String> ids, Instant since, Function<List<String>, Result> question) {
        String tool = manner.tool();
        want(tool, ids);
        ReentrantLock lock = LOCKS.computeIfAbsent(folder.resolve(tool), path -> new ReentrantLock());
        try {
            if (!lock.tryLock(LOCK_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                return alone(ids, question);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return alone(ids, question);
        }
        try (FileChannel channel = OwnFiles.open(
                        folder.resolve(tool + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock(channel)) {
            return held.isValid() ? together(manner, ids, since, question) : alone(ids, question);
        } catch (IOException e) {
            return alone(ids, question);
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
        READ.values().removeIf(kept -> kept.isOlderThan(since));
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

    private Answer alone(List<String> ids, Function<List<String>, Result> question) {
        Instant at = clock.instant();
        return new Answer(question.apply(ids), at);
    }

    private FileLock lock(FileChannel channel) throws IOException {
        try {
            for (long looks = LOCK_MAX.dividedBy(LOCK_LOOK_EVERY); looks > 0; looks--) {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
                pause.of(LOCK_LOOK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OverlappingFileLockException e) {
            throw new IOException("locked within this process", e);
        }
        throw new IOException("whoever asks takes too long");
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

    private Answer together(Manner manner, List<String> ids, Instant since, Function<List<String>, Result> question)
            throws IOException {
        String tool = manner.tool();
        Optional<Answer> kept = kept(manner, ids, since, clock.instant());
        if (kept.isPresent()) {
            return kept.get();
        }
        // Whoever else wants something until it is our turn is served by the same command.
        awaitGap(manner);
        budget.run();
        Instant now = clock.instant();
        Map<String, Long> wanted = wanted(tool, now.minus(manner.wantedFor()).toEpochMilli(), now.toEpochMilli());
        Set<String> all = new LinkedHashSet<>(ids);
        wanted.keySet().stream().limit(Math.max(0, idsMax - ids.size())).forEach(all::add);
        Answer answer = alone(List.copyOf(all), question);
        Optional<Kept> shared = keep(manner, all, answer);
        wanted.keySet().removeAll(Set.copyOf(ids));
        StringBuilder text = new StringBuilder(lines(ids, now.toEpochMilli()));
        wanted.forEach((id, at) -> text.append(id).append(' ').append(at).append('\n'));
        replace(folder.resolve(tool + ".wanted"), text.toString());
        return shared.map(each -> each.about(ids)).orElse(answer);
    }

    private void awaitGap(Manner manner) throws IOException {
        Path file = folder.resolve(manner.tool() + ".answer");
        if (!Files.exists(file)) {
            return;
        }
        Duration since = Duration.between(Files.getLastModifiedTime(file).toInstant(), clock.instant());
        if (since.isNegative()) {
            return;
        }
        try {
            pause.of(manner.gap().minus(since));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        return read(file, manner)
                .filter(kept -> !kept.isOlderThan(since) && !kept.answer.at().isAfter(now) && kept.ids.containsAll(ids))
                .map(kept -> kept.about(ids));
    }

    private static Optional<Kept> read(Path file, Manner manner) throws IOException {
        Written written = Written.of(file);
        Kept known = READ.get(file);
        if (known != null && known.written.isAs(written)) {
            return Optional.of(known);
        }
        Optional<Kept> read = parse(file, written, manner);
        read.ifPresent(kept -> READ.put(file, kept));
        return read;
    }

    private static Optional<Kept> parse(Path file, Written written, Manner manner) throws IOException {
        // A head line, the ids, then what went to stderr and stdout, by their lengths.
        String text = Files.readString(file, StandardCharsets.UTF_8);
        String[] parts = text.split("\n", 3);
        if (parts.length < 3 || !parts[0].startsWith(MAGIC)) {
            return Optional.empty();
        }
        String[] head = parts[0].substring(MAGIC.length()).split(" ", -1);
        Instant at = Instant.ofEpochMilli(Long.parseLong(head[0]));
        int errors = Integer.parseInt(head[3]);
        int out = Integer.parseInt(head[4]);
        boolean whole = parts[2].length() == errors + out;
        if (!whole) {
            return Optional.empty();
        }
        Result result = new Result(
                Kind.valueOf(head[1]),
                Integer.parseInt(head[2]),
                parts[2].substring(errors),
                parts[2].substring(0, errors));
        Set<String> ids = new HashSet<>(Arrays.asList(parts[1].split(",")));
        return Optional.of(new Kept(written, ids, new Answer(result, at), manner.columns()));
    }

    /** Leaves an answer to the others; empty where it is too long for that. */
    private Optional<Kept> keep(Manner manner, Set<String> ids, Answer answer) throws IOException {
        Path file = folder.resolve(manner.tool() + ".answer");
        Result result = answer.result();
        if (result.stdout().length() + result.stderr().length() > ANSWER_CHARS_MAX) {
            Files.deleteIfExists(file);
            return Optional.empty();
        }
        replace(
                file,
                MAGIC + answer.at().toEpochMilli() + " " + result.kind() + " " + result.exitCode() + " "
                        + result.stderr().length() + " " + result.stdout().length() + "\n"
                        + String.join(",", ids) + "\n" + result.stderr() + result.stdout());
        // As it reads back: with times in milliseconds.
        Answer asRead = new Answer(result, answer.at().truncatedTo(ChronoUnit.MILLIS));
        Kept kept = new Kept(Written.of(file), ids, asRead, manner.columns());
        READ.put(file, kept);
        return Optional.of(kept);
    }

    /** Whole or not at all; a cache needs no forcing to disk. */
    private static void replace(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        OwnFiles.write(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
