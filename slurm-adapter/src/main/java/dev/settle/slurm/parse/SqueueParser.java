package dev.settle.slurm.parse;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.slurm.JobNames;
import dev.settle.slurm.tools.PlainTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads squeue's table: nothing of it is a text that people give their jobs ({@link JobNames}). */
public final class SqueueParser implements JobTable.Reader {
    public static final List<String> COLUMNS = List.of(
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
            "NumCPUs");

    private static final int ID = RowFields.place(COLUMNS, "JobArrayID");
    private static final int RAW = RowFields.place(COLUMNS, "JobID");
    private static final int STATE = RowFields.place(COLUMNS, "State");
    private static final int REASON = RowFields.place(COLUMNS, "Reason");
    private static final int EXIT = RowFields.place(COLUMNS, "exit_code");
    private static final int SUBMIT = RowFields.place(COLUMNS, "SubmitTime");
    private static final int START = RowFields.place(COLUMNS, "StartTime");
    private static final int END = RowFields.place(COLUMNS, "EndTime");
    private static final int LIMIT = RowFields.place(COLUMNS, "TimeLimit");
    private static final int USED = RowFields.place(COLUMNS, "TimeUsed");
    private static final int NODE = RowFields.place(COLUMNS, "NodeList");
    private static final int CPUS = RowFields.place(COLUMNS, "NumCPUs");

    public static final JobTable.Columns WHOSE =
            new JobTable.Columns(COLUMNS.size(), ID, RAW, STATE, List.of(SUBMIT, START, END));

    private final Repeated<JobState> state = new Repeated<>(STATE, StateTable::of);
    private final Repeated<Optional<WaitReason>> reason =
            new Repeated<>(REASON, text -> Optional.of(WaitReasonTable.of(text)));
    private final Repeated<Optional<String>> node =
            new Repeated<>(NODE, text -> Optional.of(text.strip()).filter(word -> !word.isEmpty()));
    private final Repeated<Optional<Instant>> submit = new Repeated<>(SUBMIT, SlurmTimes::parseInstant);
    private final Repeated<Optional<Instant>> start = new Repeated<>(START, SlurmTimes::parseInstant);
    private final Repeated<Optional<Duration>> limit = new Repeated<>(LIMIT, SlurmTimes::parseDuration);
    private final Repeated<Usage> cpus = new Repeated<>(CPUS, text -> usage(OptionalDouble.empty(), text));

    private final Instant at;
    private final List<JobObservation> observations = new ArrayList<>();

    private SqueueParser(Instant at) {
        this.at = at;
    }

    /** What to ask for: {@code -O}, because {@code -o} has no exit code. */
    public static String format(ColumnMark mark) {
        return "--Format=" + mark.squeueFormat(MarkedTable.asked(COLUMNS));
    }

    /** Reads the rows of a {@link PlainTable} that belong to jobs asked about. */
    public static JobTable.Rows parse(String text, QueryTargets asked, Instant at) {
        SqueueParser parser = new SqueueParser(at);
        int garbled = JobTable.read(text, asked, WHOSE, parser);
        return new JobTable.Rows(parser.observations, garbled);
    }

    @Override
    public void job(JobId job, RowFields row) {
        Optional<WaitReason> why = reason.of(row);
        JobState said = StateTable.ofQueue(state.of(row), why.orElseThrow());
        observations.add(said.phase().isEnd() ? ended(job, said, row) : alive(job, said, why, row));
    }

    @Override
    public void step(String id, RowFields row) {
        // squeue lists steps only when it is asked to.
    }

    private JobObservation.Builder common(JobId job, JobState said, RowFields row) {
        return JobObservation.of(Source.SQUEUE, at, job, said)
                .submittedAt(submit.of(row))
                .node(node.of(row))
                .timeLimit(limit.of(row));
    }

    private JobObservation alive(JobId job, JobState said, Optional<WaitReason> why, RowFields row) {
        JobObservation.Builder observation = common(job, said, row).usage(cpus.of(row));
        return said.phase() == JobState.Phase.WAITING
                ? observation.waitReason(why).build()
                : observation.startedAt(start.of(row)).build();
    }

    private JobObservation ended(JobId job, JobState said, RowFields row) {
        ExitCodes codes = ExitCodes.ofWaitStatus(row.get(EXIT));
        if (said.phase() != JobState.Phase.COMPLETED) {
            codes = codes.withoutZero();
        }
        String word = row.get(REASON).strip();
        OptionalDouble used = SlurmTimes.parseSeconds(row.get(USED));
        return common(job, withMark(said, codes), row)
                .exitCode(codes.code())
                .signal(codes.signal())
                .reason(word.isEmpty() || word.equals("None") ? Optional.empty() : Optional.of(word))
                .startedAt(start.of(row))
                .endedAt(SlurmTimes.parseInstant(row.get(END)))
                .usage(used.isPresent() ? usage(used, row.get(CPUS)) : cpus.of(row))
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
    static JobState withMark(JobState state, ExitCodes codes) {
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
