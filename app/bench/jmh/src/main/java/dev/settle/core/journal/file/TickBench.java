package dev.settle.core.journal.file;

import dev.settle.bench.Cpu;
import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.Fence;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.Undurable;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a driver does when 1,000 of its items change at once, the journal on disk included: the controller's answer about
 * all of them, and the exit records of 1,000 with accounting's answer about these. And opening such a run.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xms8m",
            "-Xmn4m",
            "-Xmx320m",
            "-XX:MinHeapFreeRatio=20",
            "-XX:MaxHeapFreeRatio=40"
        })
@Warmup(iterations = 3)
@Measurement(iterations = 15)
public class TickBench {
    private static final int CHANGED = 1_000;
    private static final int ARRAY = 1_000;
    /** What was seen, and that it started. */
    private static final long LINES_OF_START = 2;

    private static final String VERSION = "bench";
    private static final JobState RUNNING = JobState.alive("RUNNING", JobState.Phase.RUNNING);
    private static final JobState PENDING = JobState.alive("PENDING", JobState.Phase.WAITING);
    private static final JobState COMPLETED = new JobState("COMPLETED", JobState.Phase.COMPLETED, ItemReason.OK);
    private static final Optional<Instant> SUBMITTED = Optional.of(Instant.parse("2026-11-20T12:00:00Z"));
    private static final Policy POLICY = new Policy(
            BackendName.SLURM,
            Duration.ofSeconds(30),
            Duration.ofSeconds(120),
            Duration.ofSeconds(600),
            Duration.ofSeconds(300),
            Optional.empty(),
            1_000_000,
            ARRAY,
            OnExhausted.INTERRUPT,
            Policy.Confirmation.REQUIRED,
            "ada",
            "1000");

    @Param({"1000", "10000", "100000"})
    int items;

    private final Disk disk = new LocalDisk();
    private Path home = Path.of("");
    private RunFolder folder;
    private LoadedRun run;
    private JournalWriter journal;
    private Kernel kernel;
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    private int started;
    private int ended;
    private boolean sizesTold;
    private Input answer = new Input.Tick();

    /** A run whose items have all been submitted and wait in the queue. */
    @Setup(Level.Trial)
    public void begin() throws IOException {
        home = Files.createTempDirectory("settle-tick");
        List<PlanItem> plan = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            plan.add(PlanItem.command(new ItemId("train[seed=" + i + "]"), "python train.py --seed " + i));
        }
        RunEvent.Opened opened =
                new RunEvent.Opened(new RunId("k3v9q2m7"), "bench", VERSION, "/home/ada", "ada", "slurm", false);
        folder = RunDraft.create(disk, new StateHome(home), Plan.of("bench", plan), opened, now)
                .publish()
                .folder();
        run = new RunLoader(disk, VERSION).load(folder);
        journal = JournalWriter.open(
                disk.write(folder.journal()),
                run.extent().end(),
                run.state().lastNumber(),
                Fence.OPEN,
                new Reserve(disk, folder.reserve()));
        kernel = new Kernel(run.state(), POLICY, new Random(1), ClockReading.of(now));
        submitAll();
        started = 0;
        ended = 0;
        step(controller(PENDING, 0));
    }

    private void submitAll() throws IOException {
        Deque<KernelCommand> commands = new ArrayDeque<>(step(new Input.Tick()));
        int array = 4711;
        while (!commands.isEmpty()) {
            if (commands.poll() instanceof KernelCommand.Submit submit) {
                List<JobId> jobs = new ArrayList<>();
                for (int task = 0; task < submit.items().size(); task++) {
                    jobs.add(new JobId(array + "_" + task));
                }
                array++;
                commands.addAll(
                        step(new Input.SubmitAnswered(submit.token(), new SubmitAnswer.Accepted(jobs, "" + array))));
            }
        }
    }

    private List<KernelCommand> step(Input input) throws IOException {
        return turn(List.of(input));
    }

    /** As a session takes its inputs: decide all, force once. */
    private List<KernelCommand> turn(List<Input> inputs) throws IOException {
        now = now.plusMillis(100);
        Undurable undurable = new Undurable();
        List<Entry> events = new ArrayList<>();
        for (Input input : inputs) {
            Decision decision = kernel.step(input, ClockReading.of(now));
            undurable.add(decision);
            events.addAll(decision.entries());
        }
        if (journal.append(events).kind() != WriteAnswer.Kind.WRITTEN) {
            throw new IOException("not written");
        }
        events.forEach(run.snapshots()::note);
        return undurable.release(journal.durable()).commands();
    }

    /** What squeue says of all that live: so many more of them run than in the last answer. */
    private Input controller(JobState first, int more) {
        Set<JobId> about = new HashSet<>();
        List<JobObservation> rows = new ArrayList<>();
        int running = started + more;
        for (Item item : run.state().items()) {
            if (!item.state().isEnd()) {
                JobId job = item.attempt().jobId().orElseThrow();
                about.add(job);
                boolean runs = item.index() < running;
                rows.add(row(Source.SQUEUE, job, runs ? RUNNING : first)
                        .startedAt(runs ? startOf(item) : Optional.empty())
                        .build());
            }
        }
        return new Input.Observed(new QueryAnswer.Answered(Source.SQUEUE, now, about, rows));
    }

    private JobObservation.Builder row(Source source, JobId job, JobState state) {
        return JobObservation.of(source, now, job, state).submittedAt(SUBMITTED);
    }

    /** The same in each answer: an item that runs changes once, not with each answer. */
    private static Optional<Instant> startOf(Item item) {
        return SUBMITTED.map(at -> at.plusSeconds(1 + item.index() / CHANGED));
    }

    /** The next 1,000 items for a tick; a run that has none left begins anew. */
    @Setup(Level.Invocation)
    public void prepare() throws IOException {
        int changed = Math.min(CHANGED, items);
        if (ended + changed > items || started + changed > items) {
            end();
            begin();
        }
        answer = controller(PENDING, changed);
    }

    @Benchmark
    public int controllerSaysThat1000Started() throws IOException {
        int changed = Math.min(CHANGED, items);
        started += changed;
        long before = run.state().lastNumber();
        Cpu.begin();
        int commands = turn(List.of(answer)).size();
        Cpu.end();
        long lines = run.state().lastNumber() - before;
        if (lines != LINES_OF_START * changed) {
            throw new IllegalStateException(lines + " lines of the journal, where " + changed + " items started");
        }
        return commands;
    }

    @Benchmark
    public int recordsAndAccountingOf1000() throws IOException {
        int changed = Math.min(CHANGED, items);
        List<Input> inputs = new ArrayList<>();
        Set<JobId> about = new HashSet<>();
        List<JobObservation> rows = new ArrayList<>();
        for (Item item : run.state().items().subList(ended, ended + changed)) {
            JobId job = item.attempt().jobId().orElseThrow();
            JobObservation record = row(Source.EXIT_RECORD, job, COMPLETED)
                    .startedAt(startOf(item))
                    .exitCode(OptionalInt.of(0))
                    .endedAt(Optional.of(now.plusSeconds(1)))
                    .batchEnded()
                    .build();
            inputs.add(
                    new Input.RecordSeen(item.id(), item.attempt().token().orElseThrow(), 0, record, ItemFiles.NONE));
            about.add(job);
            rows.add(row(Source.SACCT, job, COMPLETED)
                    .startedAt(startOf(item))
                    .exitCode(OptionalInt.of(0))
                    .endedAt(Optional.of(now.plusSeconds(1)))
                    .batchEnded()
                    .build());
        }
        Cpu.begin();
        turn(inputs);
        turn(List.of(new Input.Observed(new QueryAnswer.Answered(Source.SACCT, now, about, rows))));
        Cpu.end();
        ended += changed;
        if (run.state().counts().of(ItemState.COMPLETED) != ended) {
            throw new IllegalStateException("settled " + run.state().counts().of(ItemState.COMPLETED) + " of " + ended);
        }
        return ended;
    }

    @Benchmark
    public void writeSnapshot() throws IOException {
        Cpu.begin();
        run.snapshots().write(run.state(), journal.size());
        Cpu.end();
        if (!sizesTold) {
            sizesTold = true;
            System.out.println("SIZES " + items + " items: run.json " + Files.size(folder.plan()) + ", journal "
                    + journal.size() + ", snapshot " + Files.size(folder.snapshot()) + " bytes");
        }
    }

    @TearDown(Level.Trial)
    public void end() throws IOException {
        journal.close();
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
