package dev.settle.app.stepqueue;

import dev.settle.core.journal.EventCodec;
import dev.settle.core.kernel.Decision;
import dev.settle.core.kernel.Durable;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.Undurable;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.RunId;
import dev.settle.core.run.DurableUpTo;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A run fed by a real HTTP service on loopback, driven by the real kernel, feeder and shell in virtual time: pauses
 * cost nothing. The journal is kept as encoded lines, so that a driver can be killed before or after any of them and
 * another one goes on from what was written.
 */
final class QueueRig {
    static final String TOKEN = "rig-token";
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final int TURNS_MAX = 5_000;

    /** The driver was killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

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
    private final List<String> journal = new ArrayList<>();
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
    private int killAt = Integer.MAX_VALUE;
    private int stopAt = Integer.MAX_VALUE;
    private Death death = Death.BEFORE_ACTING;
    private Random random = new Random(1);
    private long jobs;

    // What dies with a driver.
    private Kernel kernel;
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

    /** When a driver dies. */
    enum Death {
        /** Its lines are on disk; what they announce is not done. */
        BEFORE_ACTING,
        /** What they announce is done; the answers die with it. */
        AFTER_ACTING
    }

    /** The driver dies when the journal has so many lines. */
    QueueRig killAt(int lines, Death when) {
        killAt = lines;
        death = when;
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
        List<Entry> entries = new ArrayList<>();
        for (String line : journal) {
            try {
                entries.add(EventCodec.decode(line));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return entries;
    }

    int lines() {
        return journal.size();
    }

    Instant now() {
        return now;
    }

    /** Creates the run and drives it to its end. */
    Stop run() {
        append(List.of(new Entry(
                1,
                now,
                new RunEvent.Opened(
                        new RunId("k3v9q2m7"), "tune", "0.0.0", project.toString(), "ada", "local", false))));
        return drive(QueueFeeder.Mode.NEW, List.of());
    }

    /** Goes on after a kill. */
    Stop takeOver() {
        return drive(QueueFeeder.Mode.TAKEN_OVER, List.of());
    }

    /** Goes on after the run's end, as {@code settle resume} does. */
    Stop resume() {
        return drive(QueueFeeder.Mode.RESUMED, List.of(new RunEvent.Resumed("ada", now)));
    }

    /** The next driver is stopped, as a signal does it, once the journal has so many lines. */
    QueueRig stopAt(int lines) {
        stopAt = lines;
        return this;
    }

    private Stop drive(QueueFeeder.Mode mode, List<RunEvent> opening) {
        RunState state = state();
        VirtualClock clock = new VirtualClock();
        Queue<QueueInput> inbox = QueueFeed.inbox();
        QueueSpec spec = state.plan().queue().orElseThrow();
        StepFolders folders = new StepFolders(runFolder);
        ScratchCopy directory;
        try {
            directory = new ScratchCopy(project, Set.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StepQueueClient client =
                new StepQueueClient(StepQueueClient.base(server.url()), Optional.of(TOKEN), Map.of(), "0.0.0", limits);
        QueueShell shell = new QueueShell(
                spec,
                client,
                new QueueShell.Place("k3v9q2m7", folders, project, item -> outputs.apply(item)),
                directory,
                clock,
                new Inline(),
                inbox::add,
                notices::add);
        if (opening.stream().anyMatch(e -> e.kind() == RunEvent.Kind.RESUMED)) {
            // Steps are taken up again by the feeder, which has to prepare them first.
            opening.forEach(event -> append(List.of(fold(state, event))));
        }
        append(List.of(fold(state, new RunEvent.Driven("here", 1, "boot", jobs))));
        kernel = new Kernel(state, policy(), random, ClockReading.of(now));
        QueueFeeder feeder = new QueueFeeder(spec, server.url(), folders, limits, new Backoff(random, 1), mode, state);
        QueueFeed feed = new QueueFeed(feeder, shell, inbox, notices::add);
        due.clear();
        records.values().forEach(due::add);
        Instant wakeAt = now;
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            Input input = new Input.Tick();
            if (inbox.isEmpty()) {
                Due first = due.peek();
                if (first != null && !first.at().isAfter(wakeAt)) {
                    due.remove();
                    now = first.at().isAfter(now) ? first.at() : now;
                    input = first.input();
                } else if (wakeAt.isAfter(now)) {
                    now = wakeAt;
                }
            }
            if (journal.size() >= stopAt && input.kind() == Input.Kind.TICK) {
                stopAt = Integer.MAX_VALUE;
                input = new Input.StopAsked(Stop.of(StopReason.DRIVER_STOPPED, "SIGTERM", now));
            }
            Decision decision = kernel.step(input, ClockReading.of(now));
            QueueFeed.Turn fed = feed.turn(state, now, in -> kernel.step(in, ClockReading.of(now)));
            Undurable undurable = new Undurable();
            undurable.add(decision);
            fed.decisions().forEach(undurable::add);
            List<Entry> events = new ArrayList<>(decision.entries());
            fed.decisions().forEach(each -> events.addAll(each.entries()));
            append(events);
            Durable durable = undurable.release(new DurableUpTo(state.lastNumber()));
            feed.told(durable.entries(), state);
            for (KernelCommand command : durable.commands()) {
                perform(command, state);
            }
            feed.perform(state);
            wakeAt = fed.wakeAt().isBefore(decision.wakeAt()) ? fed.wakeAt() : decision.wakeAt();
            if (state.ended().isPresent()) {
                return state.ended().get();
            }
        }
        throw new IllegalStateException("no end after " + TURNS_MAX + " turns, after:\n" + tail(120));
    }

    /** The newest lines of the journal, for the messages of failures. */
    String tail(int lines) {
        return String.join("\n", journal.subList(Math.max(0, journal.size() - lines), journal.size()));
    }

    private Entry fold(RunState state, RunEvent event) {
        Entry entry = new Entry(state.lastNumber() + 1, now, event);
        state.apply(entry);
        return entry;
    }

    private void append(List<Entry> entries) {
        if (journal.size() >= killAt) {
            throw new Killed();
        }
        entries.forEach(entry -> journal.add(EventCodec.encode(entry)));
        if (death == Death.BEFORE_ACTING && journal.size() >= killAt) {
            throw new Killed();
        }
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
            default -> throw new IllegalStateException("nobody expected " + command);
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
