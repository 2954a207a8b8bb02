package dev.settle.slurm;

import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads squeue's table. */
final class SqueueParser {
    private static final List<String> COLUMNS = List.of(
            "JobArrayID",
            "JobID",
            "State",
            "Reason",
            "exit_code",
            "SubmitTime",
            "StartTime",
            "EndTime",
            "TimeLimit",
            "TimeUsed",
            "NodeList",
            "NumCPUs",
            "Name");

    private static final int ID = Fields.place(COLUMNS, "JobArrayID");
    private static final int RAW = Fields.place(COLUMNS, "JobID");
    private static final int STATE = Fields.place(COLUMNS, "State");
    private static final int REASON = Fields.place(COLUMNS, "Reason");
    private static final int EXIT = Fields.place(COLUMNS, "exit_code");
    private static final int SUBMIT = Fields.place(COLUMNS, "SubmitTime");
    private static final int START = Fields.place(COLUMNS, "StartTime");
    private static final int END = Fields.place(COLUMNS, "EndTime");
    private static final int LIMIT = Fields.place(COLUMNS, "TimeLimit");
    private static final int USED = Fields.place(COLUMNS, "TimeUsed");
    private static final int NODE = Fields.place(COLUMNS, "NodeList");
    private static final int CPUS = Fields.place(COLUMNS, "NumCPUs");
    private static final int NAME = Fields.place(COLUMNS, "Name");

    private final Repeated<Optional<String>> name =
            new Repeated<>(text -> Optional.of(text.endsWith("|") ? text.substring(0, text.length() - 1) : text));
    private final Repeated<Optional<String>> node =
            new Repeated<>(text -> Optional.of(text.strip()).filter(word -> !word.isEmpty()));
    private final Repeated<Optional<Instant>> submit = new Repeated<>(SlurmTimes::parseInstant);
    private final Repeated<Optional<Instant>> start = new Repeated<>(SlurmTimes::parseInstant);
    private final Repeated<Optional<Duration>> limit = new Repeated<>(SlurmTimes::parseDuration);
    private final Repeated<Usage> cpus = new Repeated<>(text -> usage(OptionalDouble.empty(), text));

    private SqueueParser() {}

    /** What to ask for: {@code -O}, because {@code -o} has no exit code; the name last, it may hold the delimiter. */
    static String format() {
        StringBuilder format = new StringBuilder();
        for (String column : COLUMNS) {
            format.append(format.length() > 0 ? "," : "").append(column).append(":|");
        }
        return format.toString();
    }

    /**
     * What a table said.
     *
     * @param garbled rows that could not be read
     */
    record Rows(List<Sighting> sightings, int garbled) {}

    /** Reads the rows that belong to jobs asked about. */
    static Rows parse(String text, Asked asked, Instant at) {
        return new SqueueParser().rows(text, asked, at);
    }

    private Rows rows(String text, Asked asked, Instant at) {
        List<Sighting> sightings = new ArrayList<>();
        Fields fields = new Fields(COLUMNS.size());
        int garbled = 0;
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            if (end < 0) {
                // A line without its end was cut off.
                garbled++;
                break;
            }
            String line = text.substring(from, end);
            from = end + 1;
            if (line.isBlank()) {
                continue;
            }
            if (!fields.split(line) || !read(fields, asked, at, sightings)) {
                garbled++;
            }
        }
        return new Rows(sightings, garbled);
    }

    private boolean read(Fields fields, Asked asked, Instant at, List<Sighting> into) {
        String id = fields.get(ID);
        if (id.isEmpty() || !Numbers.isDigit(id.charAt(0)) || fields.get(STATE).isEmpty()) {
            return false;
        }
        if (ArrayIds.isRange(id)) {
            ArrayIds range = ArrayIds.parse(id.substring(id.indexOf('_') + 1));
            if (range == null) {
                return false;
            }
            asked.matchRange(ArrayIds.base(id), range, (job, task) -> into.add(sighting(fields, job, at)));
            return true;
        }
        JobId job = asked.match(id, fields.get(RAW));
        if (job != null) {
            into.add(sighting(fields, job, at));
        }
        return true;
    }

    private Sighting sighting(Fields fields, JobId job, Instant at) {
        String reason = fields.get(REASON).strip();
        JobState state = StateTable.ofQueue(fields.get(STATE), reason);
        boolean ended = state.phase().isEnd();
        boolean waiting = state.phase() == JobState.Phase.WAITING;
        ExitCodes codes = ended ? ExitCodes.ofWaitStatus(fields.get(EXIT)) : ExitCodes.NONE;
        if (state.phase() != JobState.Phase.COMPLETED) {
            codes = codes.withoutZero();
        }
        OptionalDouble used = SlurmTimes.parseSeconds(fields.get(USED));
        return Sighting.of(Source.SQUEUE, at, job, withMark(state, codes, reason))
                .exitCode(codes.code())
                .signal(codes.signal())
                .waitReason(waiting ? Optional.of(WaitReasonTable.of(reason)) : Optional.empty())
                .reason(ended && !reason.isEmpty() && !reason.equals("None") ? Optional.of(reason) : Optional.empty())
                .jobName(name.of(fields.get(NAME)))
                .submittedAt(submit.of(fields.get(SUBMIT)))
                .startedAt(waiting ? Optional.empty() : start.of(fields.get(START)))
                .endedAt(ended ? SlurmTimes.parseInstant(fields.get(END)) : Optional.empty())
                .node(node.of(fields.get(NODE)))
                .timeLimit(limit.of(fields.get(LIMIT)))
                .usage(ended && used.isPresent() ? usage(used, fields.get(CPUS)) : cpus.of(fields.get(CPUS)))
                .build();
    }

    private static Usage usage(OptionalDouble seconds, String cpus) {
        return new Usage(
                seconds.isPresent() ? OptionalLong.of((long) seconds.getAsDouble()) : OptionalLong.empty(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                Numbers.parseInt(cpus.strip()));
    }

    /** What Slurm says by a number in the signal's place is a reason of its own. */
    static JobState withMark(JobState state, ExitCodes codes, String reason) {
        if (state.phase() != JobState.Phase.FAILED || state.reason() != ItemReason.EXIT_CODE) {
            return state;
        }
        return switch (codes.mark()) {
            case OUT_OF_MEMORY -> new JobState(state.raw(), state.phase(), ItemReason.OUT_OF_MEMORY);
            case LAUNCH_FAILURE -> new JobState(state.raw(), state.phase(), ItemReason.LAUNCH_FAILURE);
            case NONE ->
                codes.signal().isPresent() ? new JobState(state.raw(), state.phase(), ItemReason.SIGNAL) : state;
        };
    }
}
