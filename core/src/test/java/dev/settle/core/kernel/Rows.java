package dev.settle.core.kernel;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A source's rows in the words of stories: {@code 101 FAILED 3:0 start=+5 end=+9}, {@code 102 PENDING (Resources)};
 * several with a comma between them. Times are seconds since the story's start. A row is of the job's item and carries
 * its name and the time of its submission, unless it says otherwise ({@code name=other}, {@code submit=+90}).
 */
final class Rows {
    private final Instant start;
    /** The item that has, or had, a job. */
    private final Function<JobId, Optional<Item>> owner;

    Rows(Instant start, Function<JobId, Optional<Item>> owner) {
        this.start = start;
        this.owner = owner;
    }

    List<JobObservation> parse(String text, Source source, Instant at) {
        List<JobObservation> rows = new ArrayList<>();
        for (String row : text.split(",", -1)) {
            if (!row.isBlank()) {
                rows.add(row(row.strip(), source, at));
            }
        }
        return rows;
    }

    private JobObservation row(String text, Source source, Instant at) {
        List<String> words = words(text);
        JobId job = new JobId(words.get(0));
        JobObservation.Builder row = JobObservation.of(source, at, job, Words.state(words.get(1)));
        Optional<Attempt> attempt = owner.apply(job).map(item -> item.attempt());
        row.token(attempt.flatMap(Attempt::token));
        row.jobName(Optional.of(attempt.flatMap(Attempt::token).isPresent() ? "job" : "foreign.sh"));
        row.submittedAt(attempt.flatMap(a -> a.runSubmittedAt().or(() -> defaultSubmit(a))));
        OptionalLong elapsed = OptionalLong.empty();
        OptionalInt cpus = OptionalInt.empty();
        OptionalDouble cpu = OptionalDouble.empty();
        for (String word : words.subList(2, words.size())) {
            String value = word.substring(word.indexOf('=') + 1);
            String key = word.startsWith("(") ? "(" : word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
            switch (key) {
                case "(" -> row.waitReason(Optional.of(Words.waitReason(word.substring(1, word.length() - 1))));
                case "partial" ->
                    row.partial().jobName(Optional.of("allocation")).token(Optional.empty());
                case "batch_ended" -> row.batchEnded();
                case "terminated" -> row.terminated(true);
                case "name" ->
                    row.jobName(value.equals("-") ? Optional.empty() : Optional.of(value))
                            .token(SubmitToken.ofJobName(value));
                case "submit" -> row.submittedAt(value.equals("-") ? Optional.empty() : Optional.of(time(value)));
                case "start" -> row.startedAt(Optional.of(time(value)));
                case "end" -> row.endedAt(Optional.of(time(value)));
                case "node" -> row.node(Optional.of(value));
                case "by" -> row.cancelledBy(Optional.of(value));
                case "limit" -> row.timeLimit(Optional.of(Duration.ofSeconds(Long.parseLong(value))));
                case "note" -> row.note(Optional.of(value.replace('_', ' ')));
                case "why" -> row.reason(Optional.of(value));
                case "elapsed" -> elapsed = OptionalLong.of(Long.parseLong(value));
                case "cpus" -> cpus = OptionalInt.of(Integer.parseInt(value));
                case "cpu" -> cpu = OptionalDouble.of(Double.parseDouble(value));
                default -> codes(word, row);
            }
        }
        return row.usage(new Usage(elapsed, cpu, OptionalLong.empty(), cpus)).build();
    }

    /** {@code 3:0}; a dash stands for a part that the source does not give. */
    private static void codes(String word, JobObservation.Builder row) {
        int colon = word.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not a word of a row: " + word);
        }
        String code = word.substring(0, colon);
        String signal = word.substring(colon + 1);
        row.exitCode(code.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(code)));
        row.signal(signal.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(signal)));
    }

    private static Optional<Instant> defaultSubmit(Attempt attempt) {
        return attempt.submittedAt().or(attempt::intendedAt);
    }

    /** Splits at blanks outside of parentheses. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int depth = 0;
        for (char c : text.toCharArray()) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ' ' && depth == 0) {
                if (word.length() > 0) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        return words;
    }

    Instant time(String text) {
        return start.plusMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    String offset(Instant at) {
        long millis = Duration.between(start, at).toMillis();
        String character = millis < 0 ? "-" : "";
        long abs = Math.abs(millis);
        return character + abs / 1000 + (abs % 1000 == 0 ? "" : "." + String.format("%03d", abs % 1000));
    }

    /** A row as a story has it; what a story would fill in by itself is written out all the same. */
    String text(JobObservation s) {
        StringBuilder row = new StringBuilder(s.jobId() + " " + Words.text(s.state()));
        if (s.exitCode().isPresent() || s.signal().isPresent()) {
            row.append(' ')
                    .append(
                            s.exitCode().isPresent()
                                    ? String.valueOf(s.exitCode().getAsInt())
                                    : "-")
                    .append(':')
                    .append(s.signal().isPresent() ? String.valueOf(s.signal().getAsInt()) : "-");
        }
        s.waitReason().ifPresent(why -> row.append(" (").append(Words.text(why)).append(')'));
        boolean ours = owner.apply(s.jobId())
                .flatMap(item -> item.attempt().token())
                .filter(token -> s.token().filter(token::equals).isPresent())
                .isPresent();
        if (s.partial()) {
            row.append(" partial");
        } else if (!ours) {
            row.append(" name=").append(s.jobName().orElse("-").replace(' ', '_'));
        }
        row.append(" submit=").append(s.submittedAt().map(this::offset).orElse("-"));
        s.startedAt().ifPresent(at -> row.append(" start=").append(offset(at)));
        s.endedAt().ifPresent(at -> row.append(" end=").append(offset(at)));
        s.node().ifPresent(node -> row.append(" node=").append(node));
        s.cancelledBy().ifPresent(by -> row.append(" by=").append(by));
        s.timeLimit().ifPresent(limit -> row.append(" limit=").append(limit.toSeconds()));
        s.usage().elapsedSeconds().ifPresent(e -> row.append(" elapsed=").append(e));
        s.usage().cpuSeconds().ifPresent(e -> row.append(" cpu=").append(e));
        s.usage().cpus().ifPresent(e -> row.append(" cpus=").append(e));
        if (s.batchEnded() && s.state().phase() != Phase.UNKNOWN) {
            row.append(" batch_ended");
        }
        if (s.terminated()) {
            row.append(" terminated");
        }
        s.note().ifPresent(note -> row.append(" note=")
                .append(note.replace(' ', '_').replace(',', ';')));
        s.reason().ifPresent(why -> row.append(" why=")
                .append(why.replace(' ', '_').replace(',', ';')));
        return row.toString();
    }
}
