package dev.settle.slurm.parse;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Usage;
import dev.settle.slurm.tools.PlainTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads sacct's table: the main row of each run of a job, with the exit code of its batch step, where the user's code
 * ran, and the usage of all steps.
 */
public final class SacctParser implements JobTable.Reader {
    public static final List<String> COLUMNS = List.of(
            "JobID",
            "JobIDRaw",
            "State",
            "ExitCode",
            "DerivedExitCode",
            "Submit",
            "Start",
            "End",
            "ElapsedRaw",
            "AllocCPUS",
            "TotalCPU",
            "MaxRSS",
            "NodeList",
            "TimelimitRaw",
            "QOS",
            "Reason");

    private static final int ID = RowFields.place(COLUMNS, "JobID");
    private static final int RAW = RowFields.place(COLUMNS, "JobIDRaw");
    private static final int STATE = RowFields.place(COLUMNS, "State");
    private static final int EXIT = RowFields.place(COLUMNS, "ExitCode");
    private static final int DERIVED = RowFields.place(COLUMNS, "DerivedExitCode");
    private static final int SUBMIT = RowFields.place(COLUMNS, "Submit");
    private static final int START = RowFields.place(COLUMNS, "Start");
    private static final int END = RowFields.place(COLUMNS, "End");
    private static final int ELAPSED = RowFields.place(COLUMNS, "ElapsedRaw");
    private static final int CPUS = RowFields.place(COLUMNS, "AllocCPUS");
    private static final int CPU = RowFields.place(COLUMNS, "TotalCPU");
    private static final int RSS = RowFields.place(COLUMNS, "MaxRSS");
    private static final int NODE = RowFields.place(COLUMNS, "NodeList");
    private static final int LIMIT = RowFields.place(COLUMNS, "TimelimitRaw");
    private static final int QOS = RowFields.place(COLUMNS, "QOS");
    private static final int REASON = RowFields.place(COLUMNS, "Reason");

    /** What slurmdbd has of a job whose start record has not come yet (slurm.md, 5): no quality of service, no time limit. */
    private static final String PARTIAL_QOS = "Unknown";

    public static final JobTable.Columns WHOSE =
            new JobTable.Columns(COLUMNS.size(), ID, RAW, STATE, List.of(SUBMIT, START, END));

    private final Repeated<Optional<Instant>> submit = new Repeated<>(SUBMIT, SlurmTimes::parseInstant);
    private final Repeated<Optional<Instant>> start = new Repeated<>(START, SlurmTimes::parseInstant);
    private final Repeated<Optional<Instant>> end = new Repeated<>(END, SlurmTimes::parseInstant);
    private final Repeated<Optional<String>> node =
            new Repeated<>(NODE, text -> Optional.of(text).filter(n -> !n.isEmpty() && !n.equals("None assigned")));
    private final Repeated<Optional<Duration>> limit = new Repeated<>(LIMIT, SacctParser::limit);
    private final Repeated<ExitCodes> exit = new Repeated<>(EXIT, ExitCodes::parse);
    private final Repeated<Optional<String>> derived = new Repeated<>(DERIVED, SacctParser::derived);
    private final Repeated<OptionalDouble> cpu = new Repeated<>(CPU, SlurmTimes::parseSeconds);
    private final Repeated<OptionalLong> rss = new Repeated<>(RSS, MaxRss::parseBytes);
    private final Repeated<OptionalLong> elapsed = new Repeated<>(ELAPSED, Numbers::parseLong);
    private final Repeated<OptionalInt> cpus = new Repeated<>(CPUS, Numbers::parseInt);

    private final Instant at;
    private final List<Run> runs = new ArrayList<>();
    /** The runs of a job by its id as displayed: Slurm's own number of a task may by now be that of another job. */
    private final Map<String, List<Run>> byId = new HashMap<>();

    private final List<Step> steps = new ArrayList<>();

    private SacctParser(Instant at) {
        this.at = at;
    }

    public static List<String> options(ColumnMark mark) {
        return mark.sacctOptions(MarkedTable.asked(COLUMNS));
    }

    /** Whether a row is known to be incomplete. */
    public static boolean isPartial(String qos, String limit) {
        return qos.equals(PARTIAL_QOS) && limit.isBlank();
    }

    /**
     * What a row says of a step.
     *
     * @param rowsBefore main rows that came before it
     */
    private record Step(
            String job,
            boolean isBatch,
            int rowsBefore,
            Optional<Instant> start,
            JobState state,
            ExitCodes codes,
            OptionalDouble cpu,
            OptionalLong rss) {}

    /** One run of a job, as far as its rows have been read. */
    private static final class Run {
        final JobObservation.Builder main;
        final JobState state;
        final Optional<Instant> start;
        ExitCodes codes;

        @Nullable
        JobState batch;

        OptionalDouble cpu;
        OptionalLong rss;
        final OptionalLong elapsed;
        final OptionalInt cpus;
        final int row;

        Run(
                JobState state,
                Optional<Instant> start,
                JobObservation.Builder main,
                ExitCodes codes,
                Usage usage,
                int row) {
            this.state = state;
            this.start = start;
            this.main = main;
            this.codes = codes;
            this.cpu = usage.cpuSeconds();
            this.rss = usage.maxRssBytes();
            this.elapsed = usage.elapsedSeconds();
            this.cpus = usage.cpus();
            this.row = row;
        }

        void add(Step step) {
            if (step.rss().orElse(0) > rss.orElse(0)) {
                rss = step.rss();
            }
            if (!step.isBatch()) {
                return;
            }
            batch = batch == null || isWorse(step.state(), batch) ? step.state() : batch;
            // The batch step is where the user's code ran; of the two the worse one holds.
            if (step.codes().isBad() || !codes.isBad()) {
                codes = step.codes().equals(ExitCodes.NONE) ? codes : step.codes();
            }
            if (step.cpu().orElse(0) > cpu.orElse(0)) {
                cpu = step.cpu();
            }
        }

        private static boolean isWorse(JobState state, JobState than) {
            return than.phase() == Phase.COMPLETED && state.phase() != Phase.COMPLETED;
        }

        boolean isBatchAlive() {
            return batch != null && batch.phase().isAlive();
        }
    }

    /**
     * Reads the rows of a {@link PlainTable} that belong to jobs asked about; every run of a job is an observation of its own.
     * A step belongs to the job whose id it carries, wherever its row stands.
     */
    public static JobTable.Rows parse(String text, QueryTargets asked, Instant at) {
        SacctParser parser = new SacctParser(at);
        int garbled = JobTable.read(text, asked, WHOSE, parser);
        parser.steps.forEach(parser::attribute);
        List<JobObservation> observations = new ArrayList<>(parser.runs.size());
        parser.runs.forEach(run -> observations.add(finished(run)));
        return new JobTable.Rows(observations, garbled);
    }

    @Override
    public void job(JobId job, RowFields row) {
        boolean partial = isPartial(row.get(QOS), row.get(LIMIT));
        String id = row.get(ID);
        if (!partial && job.isTask() && id.indexOf('_') < 0) {
            // Only an incomplete row shows a task by its number: this is another job, which has that number now.
            return;
        }
        JobState state = StateTable.ofBooks(row.get(STATE), row.get(REASON));
        Optional<Instant> started = start.of(row);
        JobObservation.Builder main = JobObservation.of(Source.SACCT, at, job, state)
                .submittedAt(submit.of(row))
                .startedAt(started)
                .endedAt(end.of(row))
                .node(node.of(row))
                .cancelledBy(StateTable.cancelledBy(row.get(STATE)))
                .timeLimit(limit.of(row))
                .note(derived.of(row));
        if (partial) {
            main.partial();
        }
        Usage usage = new Usage(elapsed.of(row), cpu.of(row), rss.of(row), cpus.of(row));
        Run run = new Run(state, started, main, exit.of(row), usage, runs.size());
        runs.add(run);
        if (!ArrayIds.isRange(id)) {
            byId.computeIfAbsent(id, each -> new ArrayList<>(1)).add(run);
        }
    }

    @Override
    public void step(String id, RowFields row) {
        steps.add(new Step(
                id.substring(0, id.indexOf('.')),
                id.endsWith(".batch"),
                runs.size(),
                start.of(row),
                StateTable.of(row.get(STATE)),
                exit.of(row),
                cpu.of(row),
                rss.of(row)));
    }

    private void attribute(Step step) {
        List<Run> ofJob = byId.getOrDefault(step.job(), List.of());
        Run best = null;
        for (Run run : ofJob) {
            if (mayBeOf(step, run) && (best == null || isNearer(step, run, best))) {
                best = run;
            }
        }
        if (best != null) {
            best.add(step);
        }
    }

    /** Not of a run that began after the step: a controller that lost its state gives ids once more. */
    private static boolean mayBeOf(Step step, Run run) {
        return step.start().isEmpty()
                || run.start.filter(step.start().get()::isBefore).isEmpty();
    }

    /** Of several runs of a job a step is of the last one that had started before it; else its row stands after theirs. */
    private static boolean isNearer(Step step, Run run, Run than) {
        if (step.start().isPresent() && run.start.isPresent() && than.start.isPresent()) {
            boolean before = !run.start.get().isAfter(step.start().get());
            boolean thanBefore = !than.start.get().isAfter(step.start().get());
            return before && (!thanBefore || run.start.get().isAfter(than.start.get()));
        }
        if (step.start().isPresent() && run.start.isPresent() != than.start.isPresent()) {
            return run.start.isPresent();
        }
        return run.row < step.rowsBefore();
    }

    /** A step that failed in a job that did not: shown, and no failure of the job. */
    private static Optional<String> derived(String codes) {
        return ExitCodes.parse(codes).isBad() ? Optional.of("its worst step ended with " + codes) : Optional.empty();
    }

    private static Optional<Duration> limit(String minutes) {
        OptionalLong number = Numbers.parseCount(minutes.strip());
        return number.isPresent() ? Optional.of(Duration.ofMinutes(number.getAsLong())) : Optional.empty();
    }

    private static JobObservation finished(Run run) {
        JobState state = run.state;
        ExitCodes codes = run.codes;
        boolean looksDone = state.phase() == Phase.COMPLETED || state.phase() == Phase.FAILED;
        if (looksDone && run.isBatchAlive()) {
            // Its script still runs: the end record came before the step's, or is a leftover.
            state = JobState.alive(state.raw() + " (batch step still running)", Phase.ENDING);
        }
        if (state.phase() == Phase.COMPLETED && run.batch != null && run.batch.phase() != Phase.COMPLETED) {
            state = withBatch(run.batch);
        }
        if (state.phase() != Phase.COMPLETED) {
            codes = codes.withoutZero();
        }
        // What ended a job beyond its time limit is Slurm's own signal, and no fact about the user's code.
        boolean codeTells = state.phase() == Phase.COMPLETED || state.reason() == ItemReason.EXIT_CODE;
        state = SqueueParser.withMark(state, codes);
        JobObservation.Builder main = run.main
                .state(state)
                .exitCode(codeTells ? codes.code() : OptionalInt.empty())
                .signal(codeTells ? codes.signal() : OptionalInt.empty())
                .usage(new Usage(run.elapsed, run.cpu, run.rss, run.cpus));
        if (run.batch != null && !run.isBatchAlive()) {
            main.batchEnded();
        }
        return main.build();
    }

    /** A job that accounting calls completed, but not the step in which the user's code ran: that is no success. */
    private static JobState withBatch(JobState batch) {
        return switch (batch.phase()) {
            case FAILED, FAILED_UNLESS_REQUEUED -> new JobState(batch.raw(), Phase.FAILED, batch.reason());
            case CANCELLED -> new JobState(batch.raw(), Phase.FAILED, ItemReason.EXIT_CODE);
            default -> JobState.unknown("COMPLETED, its batch step " + batch.raw());
        };
    }
}
