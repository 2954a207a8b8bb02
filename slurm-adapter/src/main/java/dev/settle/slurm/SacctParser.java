package dev.settle.slurm;

import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads sacct's table: the main row of each run of a job, with the exit code of its batch step, where the user's code
 * ran, and the usage of all steps.
 */
final class SacctParser implements JobTable.Reader {
    private static final List<String> COLUMNS = List.of(
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
            "User",
            "Reason",
            "JobName");

    private static final int ID = Fields.place(COLUMNS, "JobID");
    private static final int RAW = Fields.place(COLUMNS, "JobIDRaw");
    private static final int STATE = Fields.place(COLUMNS, "State");
    private static final int EXIT = Fields.place(COLUMNS, "ExitCode");
    private static final int DERIVED = Fields.place(COLUMNS, "DerivedExitCode");
    private static final int SUBMIT = Fields.place(COLUMNS, "Submit");
    private static final int START = Fields.place(COLUMNS, "Start");
    private static final int END = Fields.place(COLUMNS, "End");
    private static final int ELAPSED = Fields.place(COLUMNS, "ElapsedRaw");
    private static final int CPUS = Fields.place(COLUMNS, "AllocCPUS");
    private static final int CPU = Fields.place(COLUMNS, "TotalCPU");
    private static final int RSS = Fields.place(COLUMNS, "MaxRSS");
    private static final int NODE = Fields.place(COLUMNS, "NodeList");
    private static final int LIMIT = Fields.place(COLUMNS, "TimelimitRaw");
    private static final int QOS = Fields.place(COLUMNS, "QOS");
    private static final int REASON = Fields.place(COLUMNS, "Reason");
    private static final int NAME = Fields.place(COLUMNS, "JobName");

    /** How slurmdbd names a job whose start record has not come yet (slurm.md, 5). */
    private static final String PARTIAL_NAME = "allocation";

    private static final String PARTIAL_QOS = "Unknown";

    static final JobTable.Columns WHOSE = new JobTable.Columns(COLUMNS.size(), ID, RAW, STATE);

    private final Repeated<Optional<String>> name = new Repeated<>(NAME, Optional::of);
    private final Repeated<Optional<Instant>> submit = new Repeated<>(SUBMIT, SlurmTimes::parseInstant);
    private final Repeated<Optional<Instant>> start = new Repeated<>(START, SlurmTimes::parseInstant);
    private final Repeated<Optional<Instant>> end = new Repeated<>(END, SlurmTimes::parseInstant);
    private final Repeated<Optional<String>> node =
            new Repeated<>(NODE, text -> Optional.of(text).filter(n -> !n.isEmpty() && !n.equals("None assigned")));
    private final Repeated<Optional<Duration>> limit = new Repeated<>(LIMIT, SacctParser::limit);
    private final Repeated<ExitCodes> exit = new Repeated<>(EXIT, ExitCodes::parse);
    private final Repeated<Optional<String>> derived = new Repeated<>(DERIVED, SacctParser::derived);
    private final Repeated<OptionalDouble> cpu = new Repeated<>(CPU, SlurmTimes::parseSeconds);
    private final Repeated<OptionalLong> rss = new Repeated<>(RSS, Sizes::parseBytes);
    private final Repeated<OptionalLong> elapsed = new Repeated<>(ELAPSED, Numbers::parseLong);
    private final Repeated<OptionalInt> cpus = new Repeated<>(CPUS, Numbers::parseInt);

    private final Instant at;
    private final List<Sighting> sightings = new ArrayList<>();

    /** The run of the job whose row came last, until the next one's comes. */
    private @Nullable Run run;

    private SacctParser(Instant at) {
        this.at = at;
    }

    static String format() {
        return String.join(",", COLUMNS);
    }

    /** One run of a job, as far as its rows have been read. */
    private static final class Run {
        final Sighting.Builder main;
        final JobState state;
        ExitCodes codes;
        boolean batchSeen;
        boolean batchAlive;

        @Nullable
        JobState batchState;

        OptionalDouble cpu;
        OptionalLong rss;
        final OptionalLong elapsed;
        final OptionalInt cpus;

        Run(JobState state, Sighting.Builder main, ExitCodes codes, Usage usage) {
            this.state = state;
            this.main = main;
            this.codes = codes;
            this.cpu = usage.cpuSeconds();
            this.rss = usage.maxRssBytes();
            this.elapsed = usage.elapsedSeconds();
            this.cpus = usage.cpus();
        }
    }

    /** Reads the rows that belong to jobs asked about; every run of a job is a sighting of its own. */
    static JobTable.Rows parse(String text, Asked asked, Instant at) {
        SacctParser parser = new SacctParser(at);
        int garbled = JobTable.read(text, asked, WHOSE, parser);
        return new JobTable.Rows(parser.sightings, garbled);
    }

    @Override
    public void job(JobId job, Fields row) {
        over();
        JobState state = StateTable.ofBooks(row.get(STATE), row.get(REASON));
        Sighting.Builder main = Sighting.of(Source.SACCT, at, job, state)
                .jobName(name.of(row))
                .submittedAt(submit.of(row))
                .startedAt(start.of(row))
                .endedAt(end.of(row))
                .node(node.of(row))
                .cancelledBy(StateTable.cancelledBy(row.get(STATE)))
                .timeLimit(limit.of(row))
                .note(derived.of(row));
        if (row.says(NAME, PARTIAL_NAME) && row.says(QOS, PARTIAL_QOS)) {
            main.partial();
        }
        Usage usage = new Usage(elapsed.of(row), cpu.of(row), rss.of(row), cpus.of(row));
        run = new Run(state, main, exit.of(row), usage);
    }

    /** A step that failed in a job that did not: shown, and no failure of the job. */
    private static Optional<String> derived(String codes) {
        return ExitCodes.parse(codes).isBad() ? Optional.of("its worst step ended with " + codes) : Optional.empty();
    }

    private static Optional<Duration> limit(String minutes) {
        OptionalLong number = Numbers.parseLong(minutes.strip());
        return number.isPresent() ? Optional.of(Duration.ofMinutes(number.getAsLong())) : Optional.empty();
    }

    @Override
    public void step(String id, Fields row) {
        Run of = run;
        if (of == null) {
            return;
        }
        OptionalLong most = Sizes.parseBytes(row.get(RSS));
        if (most.orElse(0) > of.rss.orElse(0)) {
            of.rss = most;
        }
        if (!id.endsWith(".batch")) {
            return;
        }
        JobState state = StateTable.of(row.get(STATE));
        of.batchSeen = true;
        of.batchAlive = state.phase().isAlive();
        of.batchState = state;
        ExitCodes codes = ExitCodes.parse(row.get(EXIT));
        // The batch step is where the user's code ran; of the two the worse one holds.
        if (codes.isBad() || !of.codes.isBad()) {
            of.codes = codes.equals(ExitCodes.NONE) ? of.codes : codes;
        }
        OptionalDouble seconds = SlurmTimes.parseSeconds(row.get(CPU));
        if (seconds.orElse(0) > of.cpu.orElse(0)) {
            of.cpu = seconds;
        }
    }

    @Override
    public void over() {
        if (run != null) {
            sightings.add(finished(run));
            run = null;
        }
    }

    private static Sighting finished(Run run) {
        JobState state = run.state;
        ExitCodes codes = run.codes;
        boolean looksDone = state.phase() == Phase.COMPLETED || state.phase() == Phase.FAILED;
        if (looksDone && run.batchAlive) {
            // Its script still runs: the end record came before the step's, or is a leftover.
            state = JobState.alive(state.raw() + " (batch step still running)", Phase.ENDING);
        }
        if (state.phase() == Phase.COMPLETED
                && run.batchState != null
                && run.batchState.reason() == ItemReason.OUT_OF_MEMORY) {
            state = new JobState(run.batchState.raw(), Phase.FAILED, ItemReason.OUT_OF_MEMORY);
        }
        if (state.phase() != Phase.COMPLETED) {
            codes = codes.withoutZero();
        }
        // What ended a job beyond its time limit is Slurm's own signal, and no fact about the user's code.
        boolean codeTells = state.phase() == Phase.COMPLETED || state.reason() == ItemReason.EXIT_CODE;
        state = SqueueParser.withMark(state, codes);
        Sighting.Builder main = run.main
                .state(state)
                .exitCode(codeTells ? codes.code() : OptionalInt.empty())
                .signal(codeTells ? codes.signal() : OptionalInt.empty())
                .usage(new Usage(run.elapsed, run.cpu, run.rss, run.cpus));
        if (run.batchSeen && !run.batchAlive) {
            main.batchEnded();
        }
        return main.build();
    }
}
