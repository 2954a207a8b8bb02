package dev.settle.app.stepqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.engine.Session;
import dev.settle.app.engine.SteppedSession;
import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.app.stepqueue.files.ScratchCopy;
import dev.settle.app.stepqueue.files.StepFolders;
import dev.settle.core.journal.EventCodec;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.wrapper.ExitRecord;
import dev.settle.core.wrapper.StartRecord;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.UtcClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run that gets its steps from a real HTTP service on loopback, driven by the real session, kernel and journal in
 * virtual time: pauses cost nothing. An engine can be killed at any line of the journal, and another one goes on from
 * what was written.
 */
final class QueueRig {
    static final String TOKEN = "rig-token";
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final int TURNS_MAX = 5_000;

    /** What evaluating a candidate comes to. */
    record Evaluation(String output, int exitCode, Duration takes) {
        static Evaluation score(double score) {
            return new Evaluation("score: " + score + "\n", 0, Duration.ofSeconds(3));
        }
    }

    private record Due(Instant at, long number, Input input) {}

    final Path project;
    final Path runFolder;
    private final StepQueueServer server;
    private final KilledJournal journal = new KilledJournal();
    private Instant now = BEGIN;
    Function<Path, Evaluation> evaluator = work -> Evaluation.score(0.5);

    /** Where an item's output lies. */
    Function<Item, List<Path>> outputs = item -> List.of(output(item));
    /** Which evaluation each scratch copy came to, by item, in order. */
    final List<String> evaluated = new ArrayList<>();

    final List<String> scripts = new ArrayList<>();

    final List<String> notices = new ArrayList<>();
    QueueLimits limits = QueueLimits.DEFAULT;
    Optional<String> saveLogs = Optional.empty();
    Optional<String> attachTo = Optional.empty();
    /** The run file says nothing but which run of the service it is. */
    boolean onlyNamed;

    boolean autoResume;
    int steps = 5;
    OptionalDouble requireCredits = OptionalDouble.empty();
    Optional<String> topupUrl = Optional.of("https://topup.example/file");
    OptionalInt maxFailures = OptionalInt.empty();
    private int stopAt = Integer.MAX_VALUE;
    private Random random = new Random(1);
    private long jobs;

    // What dies with an engine.
    /** The queue has an answer for the session. */
    private boolean woken;

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
    private long dueNumbers;
    // What outlives it: jobs run on.
    private final Map<String, Due> records = new TreeMap<>();
    private final Map<JobId, Item> running = new HashMap<>();

    QueueRig(Path temp, StepQueueServer server) throws IOException {
        this.server = server.token(TOKEN);
        project = Files.createDirectories(temp.toRealPath().resolve("project"));
        runFolder = temp.toRealPath().resolve("state/runs/k3v9q2m7");
        Files.createDirectories(runFolder);
        Files.writeString(project.resolve("model.py"), "x = 1\n");
        Files.writeString(project.resolve("data.txt"), "data");
    }

    /** The engine dies when the journal has this many lines. */
    QueueRig killAt(int lines, KilledJournal.Death when) {
        journal.killAt(lines, when);
        return this;
    }

    QueueRig seed(long seed) {
        random = new Random(seed);
        return this;
    }

    private Plan plan() {
        PlanItem step =
                PlanItem.command(new ItemId("step"), onlyNamed ? ": the command of the step queue" : "python eval.py");
        QueueSpec spec = new QueueSpec(
                server.url(),
                attachTo,
                Optional.of("QUEUE_TOKEN"),
                OptionalInt.of(steps),
                Optional.empty(),
                List.of("model.py"),
                onlyNamed ? Optional.empty() : Optional.of("python eval.py"),
                Optional.empty(),
                onlyNamed ? Optional.empty() : Optional.of("score"),
                onlyNamed ? Optional.empty() : Optional.of(true),
                topupUrl,
                Duration.ofSeconds(1),
                autoResume,
                step,
                new QueueSpec.Asked(saveLogs, false, requireCredits));
        Plan plan = Plan.of("tune", List.of()).withQueue(spec);
        return new Plan(
                plan.name(),
                plan.backend(),
                plan.maxConcurrent(),
                maxFailures,
                false,
                plan.credits(),
                plan.budgetCpuHours(),
                List.of(),
                plan.queue(),
                Optional.empty());
    }

    private final class VirtualClock extends UtcClock {
        @Override
        public Instant instant() {
            return now;
        }
    }

    /** Runs what it is given at once, so that a timeline is one thread's. */
    private static final class Inline extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    /** What the journal has. */
    RunState state() {
        RunState state = new RunState(plan());
        entries().forEach(state::apply);
        return state;
    }

    List<Entry> entries() {
        return journal.entries();
    }

    int lines() {
        return journal.lines();
    }

    Instant now() {
        return now;
    }

    /** Creates the run and drives it to its end. */
    Stop run() {
        try (JournalWriter writer = journal.open()) {
            writer.append(List.of(new Entry(
                    1,
                    now,
                    new RunEvent.Opened(
                            new RunId("k3v9q2m7"), "tune", "0.0.0", project.toString(), "ada", "local", false))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return drive(StartMode.NEW, List.of());
    }

    /** Goes on after a kill. */
    Stop takeOver() {
        return drive(StartMode.TAKEN_OVER, List.of());
    }

    /** Goes on after the run's end, as {@code settle resume} does. */
    Stop resume() {
        return drive(StartMode.RESUMED, List.of(new RunEvent.Resumed("ada", now)));
    }

    /** The next engine is stopped, as a signal does it, once the journal has this many lines. */
    QueueRig stopAt(int lines) {
        stopAt = lines;
        return this;
    }

    private Stop drive(StartMode mode, List<RunEvent> opening) {
        try (JournalWriter writer = journal.open()) {
            return drive(writer, mode, opening);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stop drive(JournalWriter writer, StartMode mode, List<RunEvent> opening) throws IOException {
        RunState state = state();
        Kernel kernel = new Kernel(state, policy(), random, ClockReading.of(now));
        List<Entry> first = new ArrayList<>();
        first.add(kernel.record(new RunEvent.Driven("here", 1, "boot", jobs), ClockReading.of(now)));
        opening.forEach(event -> first.add(kernel.record(event, ClockReading.of(now))));
        due.clear();
        records.values().forEach(due::add);
        woken = false;
        SteppedSession session = new SteppedSession(new Session(
                kernel,
                writer,
                command -> perform(command, state),
                entries -> {},
                notices::add,
                () -> ClockReading.of(now),
                noPause -> {},
                Optional.of(source(state, mode))));
        Optional<Session.Ending> ending = session.begin(first);
        for (int turn = 0; turn < TURNS_MAX && ending.isEmpty(); turn++) {
            ending = session.turn(next(now.plus(session.untilTick())));
        }
        if (ending.isEmpty()) {
            throw new IllegalStateException("no end after " + TURNS_MAX + " turns, after:\n" + tail(120));
        }
        assertThat(ending).contains(Session.Ending.ENDED);
        return state.ended().orElseThrow();
    }

    private StepQueueSource source(RunState state, StartMode mode) throws IOException {
        Queue<QueueInput> inbox = new ConcurrentLinkedQueue<>();
        QueueSpec spec = state.plan().queue().orElseThrow();
        StepFolders folders = new StepFolders(runFolder);
        StepQueueClient client =
                new StepQueueClient(StepQueueClient.base(server.url()), Optional.of(TOKEN), Map.of(), "0.0.0", limits);
        QueuePerformer performer = new QueuePerformer(
                spec,
                client,
                new QueuePerformer.Place("k3v9q2m7", folders, project, item -> outputs.apply(item)),
                new ScratchCopy(project, Set.of()),
                new VirtualClock(),
                new Inline(),
                input -> {
                    inbox.add(input);
                    woken = true;
                },
                notices::add);
        StepQueueKernel kernel =
                new StepQueueKernel(spec, server.url(), folders, limits, new Backoff(random, 1), mode, state);
        return new StepQueueSource(kernel, performer, inbox, notices::add);
    }

    /** What reaches the session next, until a tick is due; the time passes until then. */
    private Input next(Instant tickAt) {
        Input input = new Input.Tick();
        if (!woken) {
            Due first = due.peek();
            if (first != null && !first.at().isAfter(tickAt)) {
                due.remove();
                now = first.at().isAfter(now) ? first.at() : now;
                input = first.input();
            } else if (tickAt.isAfter(now)) {
                now = tickAt;
            }
        }
        woken = false;
        if (journal.lines() >= stopAt && input.kind() == Input.Kind.TICK) {
            stopAt = Integer.MAX_VALUE;
            input = new Input.StopAsked(Stop.of(StopReason.DRIVER_STOPPED, "SIGTERM", now));
        }
        return input;
    }

    /** The newest lines of the journal, for the messages of failures. */
    String tail(int lines) {
        List<Entry> all = entries();
        return all.subList(Math.max(0, all.size() - lines), all.size()).stream()
                .map(EventCodec::encode)
                .collect(Collectors.joining("\n"));
    }

    private static Policy policy() {
        return new Policy(
                Plan.BackendName.LOCAL,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Optional.empty(),
                4,
                1,
                Plan.OnExhausted.INTERRUPT,
                Policy.Confirmation.REQUIRED,
                "ada",
                "1000");
    }

    private Path output(Item item) {
        return runFolder.resolve("items/" + item.id() + "." + item.attempt().number() + ".out");
    }

    private void perform(KernelCommand command, RunState state) {
        switch (command.kind()) {
            case SUBMIT -> {
                KernelCommand.Submit submit = (KernelCommand.Submit) command;
                Item item = state.item(submit.items().get(0)).orElseThrow();
                JobId job = new JobId(Long.toString(++jobs));
                post(now, new Input.SubmitAnswered(submit.token(), new SubmitAnswer.Accepted(List.of(job), "")));
                evaluate(item, submit.token(), job);
            }
            case LOOK_UP -> {
                KernelCommand.LookUp find = (KernelCommand.LookUp) command;
                Optional<JobId> job = running.entrySet().stream()
                        .filter(e -> e.getValue().id().equals(find.items().get(0)))
                        .map(Map.Entry::getKey)
                        .findFirst();
                post(
                        now,
                        new Input.LookupAnswered(
                                find.token(),
                                job.map(j -> (LookupAnswer) new LookupAnswer.Found(List.of(j)))
                                        .orElseGet(LookupAnswer.NotFound::new)));
            }
            case CANCEL -> ((KernelCommand.Cancel) command).jobs().forEach(this::cancel);
            case READ_FILES ->
                post(now, new Input.FilesRead(((KernelCommand.ReadFiles) command).item(), ItemFiles.NONE));
            case QUERY -> ask((KernelCommand.Query) command);
            default -> throw new IllegalStateException("not a command of these runs: " + command);
        }
    }

    /** The process table knows what still runs. */
    private void ask(KernelCommand.Query ask) {
        if (ask.role() == Source.Role.ACCOUNTING) {
            post(now, new Input.Observed(new QueryAnswer.NotKept(Source.SACCT, now, "none is kept here")));
            return;
        }
        List<JobObservation> alive = new ArrayList<>();
        for (JobId job : ask.jobs()) {
            Due record = records.get(job.value());
            if (record != null && record.at().isAfter(now)) {
                alive.add(JobObservation.of(Source.PROCESS, now, job, JobState.alive("RUNNING", JobState.Phase.RUNNING))
                        .build());
            }
        }
        Source source = ask.role() == Source.Role.CONTROLLER ? Source.PROCESS : Source.EXIT_RECORD;
        post(now, new Input.Observed(new QueryAnswer.Answered(source, now, ask.jobs(), alive)));
    }

    private void evaluate(Item item, SubmitToken token, JobId job) {
        Path work = Path.of(item.plan().workingDir().orElseThrow());
        Evaluation evaluation = evaluator.apply(work);
        evaluated.add(item.id().value());
        scripts.add(item.plan().script());
        try {
            Files.createDirectories(output(item).resolveSibling(""));
            Files.writeString(output(item), evaluation.output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        running.put(job, item);
        Due record = new Due(
                now.plus(evaluation.takes()),
                ++dueNumbers,
                seen(item, token, job, now, now.plus(evaluation.takes()), evaluation.exitCode(), Optional.empty()));
        records.put(job.value(), record);
        due.add(record);
    }

    private Input seen(
            Item item,
            SubmitToken token,
            JobId job,
            Instant from,
            Instant to,
            int exitCode,
            Optional<ExitRecord.EndedBy> endedBy) {
        StartRecord start = new StartRecord(
                token,
                item.index(),
                item.id().value(),
                item.attempt().number(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "here",
                "boot",
                Long.parseLong(job.value()),
                1,
                Long.parseLong(job.value()),
                1,
                from,
                OptionalDouble.empty());
        ExitRecord record = new ExitRecord(
                start,
                to,
                endedBy.isPresent() ? OptionalInt.empty() : OptionalInt.of(exitCode),
                endedBy.isPresent() ? OptionalInt.of(15) : OptionalInt.empty(),
                endedBy,
                false,
                Optional.empty(),
                Usage.NONE);
        return new Input.RecordSeen(item.id(), token, 0, record.observation(job, to), ItemFiles.NONE);
    }

    private void cancel(JobId job) {
        Due planned = records.get(job.value());
        Item item = running.get(job);
        if (planned == null || item == null || !planned.at().isAfter(now)) {
            return;
        }
        due.remove(planned);
        Due ended = new Due(
                now.plusMillis(100),
                ++dueNumbers,
                seen(
                        item,
                        item.attempt().token().orElseThrow(),
                        job,
                        now,
                        now.plusMillis(100),
                        0,
                        Optional.of(ExitRecord.EndedBy.CANCEL)));
        records.put(job.value(), ended);
        due.add(ended);
    }

    private void post(Instant at, Input input) {
        due.add(new Due(at, ++dueNumbers, input));
    }

    /** Every path of the user's directory with its text. */
    Map<String, String> tree() {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(project)) {
            for (Path path : paths.toList()) {
                tree.put(project.relativize(path).toString(), Files.isRegularFile(path) ? Files.readString(path) : "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    /** The states of all items, in their order. */
    Map<String, ItemState> items() {
        Map<String, ItemState> items = new TreeMap<>();
        state().items().forEach(item -> items.put(item.id().value(), item.state()));
        return items;
    }
}
