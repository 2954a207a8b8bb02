package dev.settle.app.stepqueue;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.settle.app.process.Shortage;
import dev.settle.app.process.Threads;
import dev.settle.app.stepqueue.client.Answer;
import dev.settle.app.stepqueue.client.QueueJson;
import dev.settle.app.stepqueue.client.RunStatus;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.app.stepqueue.files.Baseline;
import dev.settle.app.stepqueue.files.BestFiles;
import dev.settle.app.stepqueue.files.Fingerprint;
import dev.settle.app.stepqueue.files.SafeFile;
import dev.settle.app.stepqueue.files.ScratchCopy;
import dev.settle.app.stepqueue.files.SourceFiles;
import dev.settle.app.stepqueue.files.StepFolders;
import dev.settle.app.stepqueue.files.StepLogs;
import dev.settle.app.stepqueue.files.StepOutput;
import dev.settle.app.stepqueue.files.StepResult;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.Item;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.QueueState;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Performs commands on threads of its own, and posts their answers. */
final class QueuePerformer implements AutoCloseable {
    /** What a top-up link is asked for, in credits; the page behind it lets the user choose. */
    private static final double CHECKOUT_CREDITS = 10;

    /**
     * Where the run's things are.
     *
     * @param workingDir the user's directory, absolute
     * @param outputs where a settled item's output lies, in the order in which it is read
     */
    record Place(String settleRun, StepFolders folders, Path workingDir, Function<Item, List<Path>> outputs) {}

    /** A claimed candidate, as it is kept on disk. */
    record Candidate(
            String task,
            Optional<String> plan,
            @JsonProperty(required = true) Map<String, String> code) {}

    private final QueueSpec spec;
    private final StepQueueClient client;
    private final Place place;
    private final ScratchCopy directory;
    private final Baseline baseline;
    private final Optional<StepLogs> saveLogs;
    private final Clock clock;
    private final Consumer<QueueInput> inbox;
    private final Consumer<String> notices;
    private final Map<Long, Future<?>> underWay = new ConcurrentHashMap<>();
    private final ExecutorService threads;

    QueuePerformer(
            QueueSpec spec,
            StepQueueClient client,
            Place place,
            ScratchCopy directory,
            Clock clock,
            ExecutorService threads,
            Consumer<QueueInput> inbox,
            Consumer<String> notices) {
        this.spec = spec;
        this.client = client;
        this.place = place;
        this.directory = directory;
        this.baseline = new Baseline(place.folders().baseline(), directory, place.workingDir());
        this.saveLogs = spec.asked().saveLogs().map(dir -> new StepLogs(Path.of(dir), directory));
        this.clock = clock;
        this.inbox = inbox;
        this.notices = notices;
        this.threads = threads;
    }

    /** Daemon threads; only a few calls are under way at a time. */
    static ExecutorService threads() {
        return Executors.newCachedThreadPool(Threads.factory("settle-queue"));
    }

    /** Work whose failure with our own disk is an answer as well. */
    private interface Work {
        QueueInput perform() throws IOException;
    }

    /** Starts a command. Called on the session's thread, which owns {@code state}; does not block. */
    void perform(QueueCommand command, RunState state) {
        switch (command.kind()) {
            case BALANCE -> {
                long call = ((QueueCommand.Balance) command).call();
                run(call, () -> new QueueInput.BalanceSeen(call, client.balance()));
            }
            case START -> {
                long call = ((QueueCommand.Start) command).call();
                run(call, () -> new QueueInput.Started(call, start()));
            }
            case LOOK -> {
                QueueCommand.Look look = (QueueCommand.Look) command;
                run(look.call(), () -> look(look));
            }
            case TASKS -> {
                QueueCommand.Tasks tasks = (QueueCommand.Tasks) command;
                run(tasks.call(), () -> new QueueInput.TasksSeen(tasks.call(), client.tasks(tasks.run())));
            }
            case CLAIM -> {
                QueueCommand.Claim claim = (QueueCommand.Claim) command;
                run(claim.call(), () -> new QueueInput.ClaimAnswered(claim.call(), claim(claim)));
            }
            case ADOPT -> {
                QueueCommand.Adopt adopt = (QueueCommand.Adopt) command;
                run(
                        adopt.call(),
                        () -> new QueueInput.ClaimAnswered(
                                adopt.call(),
                                Answer.of(keep(adopt.number(), adopt.task(), adopt.code(), Optional.empty()))));
            }
            case PREPARE -> {
                QueueCommand.Prepare prepare = (QueueCommand.Prepare) command;
                Optional<String> run = state.queue().attached().map(QueueEvent.Attached::run);
                run(prepare.call(), () -> prepare(prepare, run));
            }
            case STORE -> store((QueueCommand.Store) command, state);
            case SUGGEST -> {
                QueueCommand.Suggest suggest = (QueueCommand.Suggest) command;
                run(suggest.call(), () -> new QueueInput.Taken(suggest.call(), suggest(suggest)));
            }
            case RESUME -> {
                QueueCommand.Resume resume = (QueueCommand.Resume) command;
                run(
                        resume.call(),
                        () -> new QueueInput.ResumeAnswered(resume.call(), client.resume(resume.run(), metadata())));
            }
            case CHECKOUT -> {
                long call = ((QueueCommand.Checkout) command).call();
                run(
                        call,
                        () -> new QueueInput.CheckedOut(
                                call, client.checkout(CHECKOUT_CREDITS).body().flatMap(link -> link)));
            }
            case KEEP_BEST -> {
                QueueCommand.KeepBest keep = (QueueCommand.KeepBest) command;
                Optional<String> run = state.queue().attached().map(QueueEvent.Attached::run);
                run(keep.call(), () -> new QueueInput.BestKept(keep.call(), keepBest(keep.best(), run)));
            }
            case CLOSE_RUN -> {
                QueueCommand.CloseRun closeRun = (QueueCommand.CloseRun) command;
                Optional<String> run = state.queue().attached().map(QueueEvent.Attached::run);
                run(closeRun.call(), () -> closeRun(closeRun, run));
            }
            case HEARTBEAT -> {
                QueueCommand.Heartbeat beat = (QueueCommand.Heartbeat) command;
                run(beat.call(), () -> new QueueInput.HeartbeatAnswered(beat.call(), client.heartbeat(beat.run())));
            }
            case ABANDON -> {
                Future<?> call = underWay.remove(((QueueCommand.Abandon) command).call());
                if (call != null) {
                    call.cancel(true);
                }
            }
        }
    }

    private void run(long call, Work work) {
        Runnable task = () -> {
            QueueInput input;
            try {
                input = work.perform();
            } catch (IOException e) {
                input = new QueueInput.StorageFailed(call, words(e));
            } catch (RuntimeException defect) {
                // Thrown again where it ends the engine: the run must not hang for want of an answer.
                input = new QueueInput.Defective(call, defect);
            } catch (Error error) {
                input = new QueueInput.Defective(call, new IllegalStateException(error));
            }
            underWay.remove(call);
            inbox.accept(input);
        };
        Future<?> future;
        try {
            future = threads.submit(task);
        } catch (OutOfMemoryError e) {
            inbox.accept(new QueueInput.Defective(call, new IllegalStateException(Shortage.words(e), e)));
            return;
        }
        underWay.put(call, future);
        if (future.isDone()) {
            underWay.remove(call);
        }
    }

    private static String words(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private Map<String, ?> metadata() {
        return Map.of("settle_run", place.settleRun());
    }

    private Answer<ServiceBodies.Started> start() throws IOException {
        Map<String, String> source = SourceFiles.read(place.workingDir(), spec.files(), directory);
        baseline.remember(source.keySet());
        Map<String, @Nullable Object> objective = new LinkedHashMap<>();
        objective.put("evaluation_command", spec.command().orElseThrow());
        objective.put("metric_name", spec.metric().orElseThrow());
        objective.put("maximize", spec.maximizes());
        return client.start(source, objective, spec.steps(), spec.timeout(), metadata());
    }

    private QueueInput look(QueueCommand.Look command) {
        Answer<ServiceBodies.RunLook> look = client.look(command.run(), command.history());
        boolean running =
                look.body().filter(body -> !RunStatus.isOver(body.status())).isPresent();
        boolean withTasks = running && command.history() == StepQueueClient.History.WITH;
        return new QueueInput.Looked(
                command.call(), look, withTasks ? Optional.of(client.tasks(command.run())) : Optional.empty());
    }

    private Answer<QueueInput.Kept> claim(QueueCommand.Claim command) throws IOException {
        Answer<ServiceBodies.Revision> answer = client.claim(command.task());
        if (answer.failure().isPresent()) {
            return Answer.failed(answer.failure().get());
        }
        ServiceBodies.Revision revision = answer.body().orElseThrow();
        return Answer.of(keep(command.number(), command.task(), revision.code(), revision.plan()));
    }

    private QueueInput.Kept keep(int number, String task, Map<String, String> code, Optional<String> plan)
            throws IOException {
        baseline.remember(code.keySet());
        Path file = place.folders().revision(number);
        SafeFile.write(file, QueueJson.write(new Candidate(task, plan, code)));
        return new QueueInput.Kept(place.folders().relative(file), Fingerprint.of(code));
    }

    private Map<String, String> code(int number) throws IOException {
        return QueueJson.read(Files.readString(place.folders().revision(number)), Candidate.class)
                .code();
    }

    private QueueInput prepare(QueueCommand.Prepare command, Optional<String> run) throws IOException {
        Map<String, String> code = code(command.number());
        logged(run, logs -> logs.candidate(run.orElseThrow(), command.number(), code, clock.instant()));
        try {
            directory.make(place.folders().work(command.number()), code);
            return new QueueInput.Prepared(command.call(), Optional.empty());
        } catch (ScratchCopy.OutsideException e) {
            return new QueueInput.Prepared(command.call(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private void store(QueueCommand.Store command, RunState state) {
        Item item = state.item(command.item()).orElseThrow();
        List<Path> outputs = place.outputs().apply(item);
        Optional<String> run = state.queue().attached().map(QueueEvent.Attached::run);
        String metric = state.queueSpec().orElse(spec).metric().orElseThrow();
        Function<StepOutput, StepResult> settled = StepResult.of(item, command.number(), metric);
        run(command.call(), () -> {
            StepResult result = settled.apply(StepOutput.read(outputs, metric));
            Path file = place.folders().result(command.number());
            SafeFile.write(file, result.toJson());
            logged(run, logs -> logs.output(run.orElseThrow(), command.number(), outputs));
            try {
                ScratchCopy.remove(place.folders().work(command.number()));
            } catch (IOException e) {
                notices.accept("the copy that " + command.item() + " ran in could not be removed: " + words(e));
            }
            return new QueueInput.Stored(command.call(), place.folders().relative(file), result.metric());
        });
    }

    private Answer<ServiceBodies.Taken> suggest(QueueCommand.Suggest command) throws IOException {
        StepResult result = StepResult.fromJson(Files.readString(place.folders().result(command.number())));
        return client.suggest(command.run(), command.task(), result.output(), result.metadata());
    }

    private Optional<QueueEvent.BestKept> keepBest(QueueCommand.Best best, Optional<String> run) {
        try {
            Map<String, String> code = best.code().isPresent() ? best.code().get() : code(best.number());
            Path folder = place.folders().best();
            BestFiles.write(
                    folder, "best_code_snapshot", best.number(), best.metric(), code, directory, clock.instant());
            logged(run, logs -> logs.best(run.orElseThrow(), best.number(), best.metric(), code, clock.instant()));
            return Optional.of(new QueueEvent.BestKept(
                    best.number(), best.metric(), place.folders().relative(folder)));
        } catch (IOException e) {
            notices.accept("the best step could not be kept: " + words(e));
            return Optional.empty();
        }
    }

    private QueueInput closeRun(QueueCommand.CloseRun command, Optional<String> run) {
        Optional<QueueEvent.BestKept> kept = command.best().flatMap(best -> keepBest(best, run));
        if (command.terminate().isEmpty()) {
            return new QueueInput.RunClosed(command.call(), kept, "the service needed no notice");
        }
        QueueCommand.Terminate words = command.terminate().get();
        if (!words.known()) {
            Answer<ServiceBodies.RunLook> look = client.look(words.run(), StepQueueClient.History.WITHOUT);
            Optional<String> status = look.body().map(ServiceBodies.RunLook::status);
            if (status.isEmpty() || RunStatus.isEnded(status.get())) {
                return new QueueInput.RunClosed(
                        command.call(), kept, status.orElse("whether the run goes on there could not be found out"));
            }
        }
        Answer<ServiceBodies.Done> answer =
                client.terminate(words.run(), "terminated", words.reason(), words.details());
        String text = answer.failure()
                .map(failure -> "the service could not be informed why the run ends: " + failure.text())
                .orElse("terminated (" + words.reason() + ")");
        return new QueueInput.RunClosed(command.call(), kept, text);
    }

    /** Adds to the index of the logs what became of a step. On the session's thread, after the journal has it. */
    void indexed(QueueState.Step step, String submission, String run) {
        if (saveLogs.isEmpty()) {
            return;
        }
        logged(Optional.of(run), logs -> {
            StepResult result =
                    StepResult.fromJson(Files.readString(place.folders().result(step.number())));
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            line.put("step", step.number());
            line.put("timestamp", clock.instant().toString());
            line.put("output_file", StepLogs.outputName(step.number()));
            line.put("output_length", result.chars());
            line.put("item", result.item());
            line.put("task_id", step.task());
            line.put("state", result.state());
            line.putAll(result.metadata());
            line.put("submission", submission);
            logs.index(run, line);
        });
    }

    private interface LogWork {
        void perform(StepLogs logs) throws IOException;
    }

    /** The logs are a convenience: what cannot be written is reported, and the run goes on. */
    private void logged(Optional<String> run, LogWork work) {
        if (saveLogs.isEmpty() || run.isEmpty()) {
            return;
        }
        try {
            work.perform(saveLogs.get());
        } catch (IOException e) {
            notices.accept("--save-logs: " + words(e));
        }
    }

    /** Gives up whatever is under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
