package dev.settle.app.engine;

import dev.settle.app.engine.records.ItemFileReader;
import dev.settle.app.engine.records.Records;
import dev.settle.app.process.Shortage;
import dev.settle.app.process.Threads;
import dev.settle.app.runs.Requests;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Performs commands on threads of its own and posts their answers: the scheduler's, and those of an item's files. */
public final class Performer implements AutoCloseable {
    /** Commands that may wait for their thread; the kernel has fewer in flight than this by far. */
    private static final int WAITING_MAX = 100_000;

    private static final int OTHER_THREADS = 3;

    /** A driver of ten runs has thirty such threads at most, of 100 KB each, and asks every 30 s. */
    private static final int IDLE_SECONDS = 2;

    /** Reads and checks the items that an item generated. */
    public interface GeneratedReader {
        /** What a generated source holds. */
        record Found(List<PlanItem> items, List<String> problems) {}

        Found read(Path file, RunState state, ItemId by);
    }

    private final RunState state;
    private final Scheduler scheduler;
    private final Requests requests;
    private final GeneratedReader generatedReader;
    private final Clock clock;
    private final Consumer<Input> inbox;
    private final Workers submits;
    private final Workers others;
    private final Map<Source, Instant> unanswered = new ConcurrentHashMap<>();

    /** Runs a task some time later and lets go of what it holds when nobody needs it any more. */
    record Workers(Executor executor, Runnable close) {}

    /**
     * A performer for one run.
     *
     * @param state read on the session's thread only
     * @param inbox takes the answers
     */
    public Performer(
            RunState state,
            Scheduler scheduler,
            Requests requests,
            GeneratedReader generatedReader,
            Clock clock,
            Consumer<Input> inbox) {
        this(
                state,
                scheduler,
                requests,
                generatedReader,
                clock,
                inbox,
                pool("settle-submit", scheduler.submitsAtOnce()),
                pool("settle-ask", OTHER_THREADS));
    }

    /** The same with workers of the caller's: a simulation has its own time, and no threads. */
    Performer(
            RunState state,
            Scheduler scheduler,
            Requests requests,
            GeneratedReader generatedReader,
            Clock clock,
            Consumer<Input> inbox,
            Workers submits,
            Workers others) {
        this.state = state;
        this.scheduler = scheduler;
        this.requests = requests;
        this.generatedReader = generatedReader;
        this.clock = clock;
        this.inbox = inbox;
        this.submits = submits;
        this.others = others;
    }

    private static Workers pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_MAX),
                Threads.factory(name));
        pool.allowCoreThreadTimeOut(true);
        return new Workers(pool, pool::shutdown);
    }

    /** Starts a command. Called on the session's thread; does not block on the scheduler. */
    public void perform(KernelCommand command) {
        switch (command.kind()) {
            case SUBMIT -> submit((KernelCommand.Submit) command);
            case LOOK_UP -> find((KernelCommand.LookUp) command);
            case QUERY -> ask((KernelCommand.Query) command);
            case CANCEL -> cancel((KernelCommand.Cancel) command);
            case CANCEL_PENDING -> withdraw((KernelCommand.CancelPending) command);
            case DEQUEUE ->
                // One that is not recalled runs in its turn, as it would have without this.
                start(others, () -> scheduler.recall(((KernelCommand.Dequeue) command).tokens()), error -> {});
            case READ_FILES -> readFiles(((KernelCommand.ReadFiles) command).item());
            case READ_RECORDS -> readRecords(((KernelCommand.ReadRecords) command).item());
            case READ_GENERATED -> readGenerated(((KernelCommand.ReadGenerated) command).item());
            case QUERY_LIMIT_USAGE -> askSpend((KernelCommand.QueryLimitUsage) command);
        }
    }

    private void submit(KernelCommand.Submit command) {
        List<Item> items = items(command.items());
        SubmitRequest request = requests.of(state, command.token(), items, command.throttle());
        Map<Path, Path> aside = new LinkedHashMap<>();
        items.forEach(item -> aside.putAll(requests.toPutAside(state, item)));
        Consumer<SubmitAnswer> answer = said -> inbox.accept(new Input.SubmitAnswered(command.token(), said));
        start(
                submits,
                () -> {
                    try {
                        prepare(request, aside).ifPresentOrElse(answer, () -> scheduler.submit(request, answer));
                    } catch (RuntimeException | Error e) {
                        // The adapter failed in a way that it does not foresee: whether it submitted is not known.
                        answer.accept(SubmitAnswer.Unclear.silent(e.toString()));
                    }
                },
                error -> answer.accept(
                        new SubmitAnswer.Refused(SubmitAnswer.Refusal.NO_PROCESS, Shortage.words(error))));
    }

    /**
     * Has a task done by a thread of the pool.
     *
     * @param otherwise is told why there is no thread for it; the task is not done then
     */
    private static void start(Workers pool, Runnable task, Consumer<Throwable> otherwise) {
        try {
            pool.executor().execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            otherwise.accept(e);
        }
    }

    /** Makes room for the files of a submission; why it cannot be sent, if it cannot. */
    private static Optional<SubmitAnswer> prepare(SubmitRequest request, Map<Path, Path> aside) {
        try {
            for (Map.Entry<Path, Path> output : aside.entrySet()) {
                // Once only: a submission that is sent again must not put its own output aside.
                if (Files.isRegularFile(output.getKey()) && !Files.exists(output.getValue())) {
                    Files.move(output.getKey(), output.getValue());
                }
            }
        } catch (IOException e) {
            return Optional.of(new SubmitAnswer.Refused(
                    SubmitAnswer.Refusal.LAUNCH_FAILURE, "cannot prepare the place of its output: " + e.getMessage()));
        }
        try {
            for (SubmitRequest.Task task : request.tasks()) {
                makeFolders(task);
            }
        } catch (IOException e) {
            return Optional.of(new SubmitAnswer.Refused(
                    SubmitAnswer.Refusal.STORAGE, "cannot make the folder of its files: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private static void makeFolders(SubmitRequest.Task task) throws IOException {
        String stop = task.env().get("SETTLE_STOP");
        if (stop != null) {
            Path folder = Path.of(stop).resolveSibling("");
            if (!Files.isDirectory(folder)) {
                // Not its parents: where the run's folder was removed there must not be half a one again.
                Files.createDirectory(folder, OwnFiles.FOLDER);
            }
        }
    }

    private void find(KernelCommand.LookUp command) {
        SubmitToken token = command.token();
        SubmitRequest request = requests.of(state, token, items(command.items()), 0);
        run(
                others,
                () -> new Input.LookupAnswered(token, scheduler.find(request, command.since())),
                e -> new Input.LookupAnswered(token, new LookupAnswer.NoAnswer(e.toString())));
    }

    private void ask(KernelCommand.Query command) {
        run(
                others,
                () -> new Input.Observed(answer(command)),
                e -> new Input.Observed(
                        new QueryAnswer.NoAnswer(source(command.role()), clock.instant(), e.toString())));
    }

    private QueryAnswer answer(KernelCommand.Query command) {
        Source source = source(command.role());
        unanswered.put(source, clock.instant());
        try {
            return scheduler.query(command.role(), command.jobs(), command.urgency());
        } finally {
            unanswered.remove(source);
        }
    }

    /** Who is being asked, and since when. */
    public Map<Source, Instant> unanswered() {
        return Map.copyOf(unanswered);
    }

    private static Source source(Source.Role role) {
        return role == Source.Role.ACCOUNTING ? Source.SACCT : Source.SQUEUE;
    }

    private void cancel(KernelCommand.Cancel command) {
        run(
                others,
                () -> new Input.CancelAnswered(command.jobs(), scheduler.cancel(command.jobs())),
                e -> new Input.CancelAnswered(command.jobs(), new CancelAnswer.NoAnswer(e.toString())));
    }

    private void withdraw(KernelCommand.CancelPending command) {
        run(
                others,
                () -> new Input.CancelAnswered(command.jobs(), scheduler.withdraw(command.jobs())),
                e -> new Input.CancelAnswered(command.jobs(), new CancelAnswer.NoAnswer(e.toString())));
    }

    private void readFiles(ItemId id) {
        Item item = item(id);
        if (item.plan().jobId().isPresent()) {
            readOutput(id, item.attempt().jobId().orElseThrow());
            return;
        }
        Path result = requests.result(item);
        Path stop = requests.stop(item);
        List<Path> output = new ArrayList<>(List.of(requests.stderr(state, item), requests.stdout(state, item)));
        Optional<SubmitToken> token = item.attempt().token();
        item.attempt()
                .jobId()
                .filter(job -> token.isPresent())
                .ifPresent(job -> output.addAll(requests.outputOfTask(token.get(), job)));
        run(
                others,
                () -> new Input.FilesRead(id, ItemFileReader.read(result, stop, output)),
                e -> new Input.FilesRead(id, ItemFiles.NONE));
    }

    private void readRecords(ItemId id) {
        String name = String.valueOf(requests.record(item(id)).getFileName());
        Records records = new Records(requests, clock, notice -> {}, scheduler::learn);
        run(others, () -> records.both(id, name), e -> new Input.RecordsRead(id, Optional.empty(), Optional.empty()));
    }

    /** Of a job that somebody else submitted only the scheduler knows where it writes. */
    private void readOutput(ItemId id, JobId job) {
        run(
                others,
                () -> new Input.FilesRead(
                        id,
                        scheduler
                                .output(job)
                                .map(output -> ItemFileReader.ofOutput(List.of(output.stderr(), output.stdout())))
                                .orElse(ItemFiles.NONE)),
                e -> new Input.FilesRead(id, ItemFiles.NONE));
    }

    /** On the session's thread: the check of the new items needs the whole run. */
    private void readGenerated(ItemId id) {
        GeneratedReader.Found read = generatedReader.read(requests.generatedSource(state, item(id)), state, id);
        inbox.accept(new Input.GeneratedRead(id, read.items(), read.problems()));
    }

    private void askSpend(KernelCommand.QueryLimitUsage command) {
        run(
                others,
                () -> new Input.LimitUsageAnswered(command.item(), scheduler.spend(command.charge())),
                e -> new Input.LimitUsageAnswered(command.item(), new LimitUsageAnswer.NoAnswer(e.toString())));
    }

    /** What an adapter throws is a defect of it, or a shortage; the run must not hang for want of an answer. */
    private interface Work {
        Input perform();
    }

    private interface Fallback {
        Input of(Throwable error);
    }

    private void run(Workers pool, Work work, Fallback fallback) {
        start(
                pool,
                () -> {
                    Input input;
                    try {
                        input = work.perform();
                    } catch (RuntimeException | Error e) {
                        input = fallback.of(e);
                    }
                    inbox.accept(input);
                },
                error -> inbox.accept(fallback.of(error)));
    }

    private List<Item> items(List<ItemId> ids) {
        List<Item> items = new ArrayList<>(ids.size());
        ids.forEach(id -> items.add(item(id)));
        return items;
    }

    private Item item(ItemId id) {
        return state.item(id).orElseThrow(() -> new IllegalStateException("no item " + id));
    }

    /** Lets what is under way end or die with the process. */
    @Override
    public void close() {
        submits.close().run();
        others.close().run();
        scheduler.close();
    }
}
