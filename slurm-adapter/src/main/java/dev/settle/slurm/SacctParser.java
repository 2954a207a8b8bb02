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
final class SacctParser {
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

    /** How slurmdbd names a job whose start record has not come yet (LAG.md). */
    private static final String PARTIAL_NAME = "allocation";

    private static final String PARTIAL_QOS = "Unknown";

    private SacctParser() {}

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

        Run(JobState state, Sighting.Builder main, Fields fields) {
            this.state = state;
            this.main = main;
            this.codes = ExitCodes.parse(fields.get(EXIT));
            this.cpu = SlurmTimes.parseSeconds(fields.get(CPU));
            this.rss = Sizes.parseBytes(fields.get(RSS));
            this.elapsed = Numbers.parseLong(fields.get(ELAPSED));
            this.cpus = Numbers.parseInt(fields.get(CPUS));
        }
    }

    /** Reads the rows that belong to jobs asked about; every run of a job is a sighting of its own. */
    static SqueueParser.Rows parse(String text, Asked asked, Instant at) {
        List<Sighting> sightings = new ArrayList<>();
        Fields fields = new Fields(COLUMNS.size());
        int garbled = 0;
        Run run = null;
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            if (end < 0) {
                garbled++;
                break;
            }
            String line = text.substring(from, end);
            from = end + 1;
            if (line.isBlank()) {
                continue;
            }
            if (!fields.split(line)) {
                garbled++;
                continue;
            }
            String id = fields.get(ID);
            if (id.isEmpty() || !Numbers.isDigit(id.charAt(0))) {
                garbled++;
            } else if (id.indexOf('.') > 0) {
                step(run, id, fields);
            } else {
                finish(run, sightings);
                run = null;
                if (ArrayIds.isRange(id)) {
                    ArrayIds range = ArrayIds.parse(id.substring(id.indexOf('_') + 1));
                    if (range == null) {
                        garbled++;
                        continue;
                    }
                    asked.matchRange(ArrayIds.base(id), range, (job, task) -> finish(main(job, fields, at), sightings));
                } else if (fields.get(STATE).isEmpty()) {
                    garbled++;
                } else {
                    JobId job = asked.match(id, fields.get(RAW));
                    run = job == null ? null : main(job, fields, at);
                }
            }
        }
        finish(run, sightings);
        return new SqueueParser.Rows(sightings, garbled);
    }

    private static Run main(JobId job, Fields fields, Instant at) {
        JobState state = StateTable.ofBooks(fields.get(STATE), fields.get(REASON));
        String name = fields.get(NAME);
        Sighting.Builder main = Sighting.of(Source.SACCT, at, job, state)
                .jobName(Optional.of(name))
                .submittedAt(SlurmTimes.parseInstant(fields.get(SUBMIT)))
                .startedAt(SlurmTimes.parseInstant(fields.get(START)))
                .endedAt(SlurmTimes.parseInstant(fields.get(END)))
                .node(Optional.of(fields.get(NODE)).filter(n -> !n.isEmpty() && !n.equals("None assigned")))
                .cancelledBy(StateTable.cancelledBy(fields.get(STATE)))
                .timeLimit(limit(fields.get(LIMIT)))
                .note(derived(fields));
        if (name.equals(PARTIAL_NAME) && fields.get(QOS).equals(PARTIAL_QOS)) {
            main.partial();
        }
        return new Run(state, main, fields);
    }

    /** A step that failed in a job that did not: shown, and no failure of the job. */
    private static Optional<String> derived(Fields fields) {
        ExitCodes derived = ExitCodes.parse(fields.get(DERIVED));
        return derived.isBad() ? Optional.of("its worst step ended with " + fields.get(DERIVED)) : Optional.empty();
    }

    private static Optional<Duration> limit(String minutes) {
        OptionalLong number = Numbers.parseLong(minutes.strip());
        return number.isPresent() ? Optional.of(Duration.ofMinutes(number.getAsLong())) : Optional.empty();
    }

    private static void step(@Nullable Run run, String id, Fields fields) {
        if (run == null) {
            return;
        }
        OptionalLong rss = Sizes.parseBytes(fields.get(RSS));
        if (rss.orElse(0) > run.rss.orElse(0)) {
            run.rss = rss;
        }
        if (!id.endsWith(".batch")) {
            return;
        }
        JobState state = StateTable.of(fields.get(STATE));
        run.batchSeen = true;
        run.batchAlive = state.phase().isAlive();
        run.batchState = state;
        ExitCodes codes = ExitCodes.parse(fields.get(EXIT));
        // The batch step is where the user's code ran; of the two the worse one holds.
        if (codes.isBad() || !run.codes.isBad()) {
            run.codes = codes.equals(ExitCodes.NONE) ? run.codes : codes;
        }
        OptionalDouble cpu = SlurmTimes.parseSeconds(fields.get(CPU));
        if (cpu.orElse(0) > run.cpu.orElse(0)) {
            run.cpu = cpu;
        }
    }

    private static void finish(@Nullable Run run, List<Sighting> into) {
        if (run == null) {
            return;
        }
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
        state = SqueueParser.withMark(state, codes, "");
        Sighting.Builder main = run.main
                .state(state)
                .exitCode(codeTells ? codes.code() : OptionalInt.empty())
                .signal(codeTells ? codes.signal() : OptionalInt.empty())
                .usage(new Usage(run.elapsed, run.cpu, run.rss, run.cpus));
        if (run.batchSeen && !run.batchAlive) {
            main.batchEnded();
        }
        into.add(main.build());
    }
}
