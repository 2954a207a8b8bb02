package dev.settle.slurm.tools;

import dev.settle.core.file.AtomicFile;
import dev.settle.slurm.parse.RowsByJob;
import dev.settle.slurm.tools.SharedAnswers.Answer;
import dev.settle.slurm.tools.SharedAnswers.Manner;
import dev.settle.slurm.tools.ToolRunner.Kind;
import dev.settle.slurm.tools.ToolRunner.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An answer as it lies in its file, and whom its lines are about. */
final class KeptAnswer {
    /** Longer answers are not worth keeping: who asks about so much asks seldom. */
    private static final int ANSWER_CHARS_MAX = 8 << 20;

    private static final String MAGIC = "settle-answer 3 ";

    private static final Pattern HEAD = Pattern.compile(MAGIC + "-?\\d{1,18} -?\\d{1,18} (?:"
            + Arrays.stream(Kind.values()).map(Kind::name).collect(Collectors.joining("|"))
            + ") -?\\d{1,9} \\d{1,9} \\d{1,9}");

    /**
     * What a file holds, as long as it is fresh: the runs of one driver take it one after the other, and it may be large.
     */
    private static final Map<Path, KeptAnswer> READ = new ConcurrentHashMap<>();

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

    private final Written written;
    private final Set<String> ids;
    private final Answer answer;
    private final Instant answeredAt;
    private final int columns;
    private @Nullable RowsByJob rows;

    private KeptAnswer(Written written, Set<String> ids, Answer answer, Instant answeredAt, int columns) {
        this.written = written;
        this.ids = ids;
        this.answer = answer;
        this.answeredAt = answeredAt;
        this.columns = columns;
    }

    /** Lets go of what is too old for anybody. */
    static void forgetBefore(Instant since) {
        READ.values().removeIf(kept -> kept.isOlderThan(since));
    }

    private boolean isOlderThan(Instant since) {
        return answer.at().isBefore(since);
    }

    /** When it was asked for. */
    Instant at() {
        return answer.at();
    }

    /** When it was there. */
    Instant answeredAt() {
        return answeredAt;
    }

    /** Whether it serves somebody who asks about these. */
    boolean serves(List<String> asked, Instant since, Instant now) {
        return !isOlderThan(since) && !answer.at().isAfter(now) && ids.containsAll(asked);
    }

    boolean isAboutAnyOf(List<String> asked) {
        return asked.stream().anyMatch(ids::contains);
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

    /** What a file holds; empty where that is no whole answer. */
    static Optional<KeptAnswer> read(Path file, Manner manner) throws IOException {
        Written written = Written.of(file);
        KeptAnswer known = READ.get(file);
        if (known != null && known.written.isAs(written)) {
            return Optional.of(known);
        }
        Optional<KeptAnswer> read = parse(file, written, manner);
        read.ifPresent(kept -> READ.put(file, kept));
        return read;
    }

    private static Optional<KeptAnswer> parse(Path file, Written written, Manner manner) throws IOException {
        // A head line, the ids, then what went to stderr and stdout, by their lengths.
        String text = Files.readString(file, StandardCharsets.UTF_8);
        String[] parts = text.split("\n", 3);
        // A file that was damaged is no answer, and the next one takes its place.
        if (parts.length < 3 || !HEAD.matcher(parts[0]).matches()) {
            return Optional.empty();
        }
        String[] head = parts[0].substring(MAGIC.length()).split(" ", -1);
        Instant at = Instant.ofEpochMilli(Long.parseLong(head[0]));
        Instant answeredAt = Instant.ofEpochMilli(Long.parseLong(head[1]));
        int errors = Integer.parseInt(head[4]);
        int out = Integer.parseInt(head[5]);
        boolean whole = parts[2].length() == errors + out;
        if (!whole) {
            return Optional.empty();
        }
        Result result = new Result(
                Kind.valueOf(head[2]),
                Integer.parseInt(head[3]),
                parts[2].substring(errors),
                parts[2].substring(0, errors));
        Set<String> ids = new HashSet<>(Arrays.asList(parts[1].split(",")));
        return Optional.of(new KeptAnswer(written, ids, new Answer(result, at), answeredAt, manner.columns()));
    }

    /**
     * Leaves an answer to the others; empty where it is too long for that.
     *
     * @param answeredAt when it came
     */
    static Optional<KeptAnswer> write(Path file, Manner manner, Set<String> ids, Answer answer, Instant answeredAt)
            throws IOException {
        Result result = answer.result();
        if (result.stdout().length() + result.stderr().length() > ANSWER_CHARS_MAX) {
            Files.deleteIfExists(file);
            return Optional.empty();
        }
        AtomicFile.write(
                file,
                MAGIC + answer.at().toEpochMilli() + " " + answeredAt.toEpochMilli() + " " + result.kind() + " "
                        + result.exitCode() + " "
                        + result.stderr().length() + " " + result.stdout().length() + "\n"
                        + String.join(",", ids) + "\n" + result.stderr() + result.stdout(),
                AtomicFile.Durability.MAY_BE_LOST);
        // As it reads back: with times in milliseconds.
        Answer asRead = new Answer(result, answer.at().truncatedTo(ChronoUnit.MILLIS));
        KeptAnswer kept = new KeptAnswer(
                Written.of(file), ids, asRead, answeredAt.truncatedTo(ChronoUnit.MILLIS), manner.columns());
        READ.put(file, kept);
        return Optional.of(kept);
    }
}
