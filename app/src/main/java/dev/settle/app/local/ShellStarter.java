package dev.settle.app.local;

import dev.settle.app.local.jobserver.ExitListener;
import dev.settle.app.local.jobserver.JobLauncher;
import dev.settle.app.local.jobserver.StartAnswer;
import dev.settle.app.process.Processes;
import dev.settle.app.process.Shortage;
import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.environment.ProcessSettings;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.scheduler.SubmitAnswer.Refusal;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.core.wrapper.StartRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Starts each job by a shell of its own: for machines whose perl is missing or does not do. */
final class ShellStarter implements JobLauncher {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private final JobWrapper wrapper;
    private final Optional<Path> setsid;
    private final JobOrigin origin;
    private final ExitListener ends;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * A starter.
     *
     * @param setsid the tool that starts a session; without it a Ctrl-C at the terminal reaches the jobs as well
     */
    ShellStarter(JobWrapper wrapper, Optional<Path> setsid, JobOrigin origin, ExitListener ends) {
        this.wrapper = wrapper;
        this.setsid = setsid;
        this.origin = origin;
        this.ends = ends;
    }

    /** Nothing waits here: a job starts at once or is given back. */
    @Override
    public void start(SubmitRequest request, Consumer<StartAnswer> answer) {
        answer.accept(
                request.throttle() > 0
                        ? new StartAnswer.Refused(Refusal.GIVEN_BACK, "jobs cannot wait for their turn without perl")
                        : start(request));
    }

    @Override
    public void recall(Set<SubmitToken> tokens) {
        // Nothing waits.
    }

    private StartAnswer start(SubmitRequest request) {
        Path record = request.tasks().get(0).record();
        Path job = record.resolveSibling(record.getFileName() + "." + numbers.incrementAndGet() + ".job");
        Process process;
        try {
            OwnFiles.makeFolder(record.resolveSibling(""));
            wrapper.writeJobs(request, JobWrapper.Mode.LOCAL, job);
        } catch (IOException e) {
            return new StartAnswer.Refused(Refusal.STORAGE, "cannot write " + job + ": " + e.getMessage());
        }
        try {
            process = start(job);
        } catch (OutOfMemoryError e) {
            // No room for the thread that waits for its end: the job may run all the same.
            return new StartAnswer.Unclear(Shortage.words(e));
        } catch (IOException e) {
            return Shortage.isOf(e)
                    ? new StartAnswer.Refused(Refusal.NO_PROCESS, Shortage.words(e))
                    : new StartAnswer.Refused(Refusal.TEMPORARY, "cannot start a shell for it: " + e.getMessage());
        }
        CompletableFuture<Void> unused = process.onExit().thenRun(() -> {
            // The wrapper read it when it started; what cannot be deleted does no harm.
            job.toFile().delete();
            if (Files.exists(record)) {
                ends.recorded(process.pid(), record);
            } else {
                ends.lost(process.pid());
            }
        });
        return awaitStart(request, record, process);
    }

    private Process start(Path job) throws IOException {
        List<String> through = new ArrayList<>();
        setsid.ifPresent(tool -> through.add(tool.toString()));
        List<String> before = new ArrayList<>();
        origin.settings().ifPresent(settings -> {
            ProcessSettings ours = Processes.settings();
            through.addAll(0, settings.through(ours));
            before.add("umask " + settings.umask());
        });
        ProcessBuilder builder = new ProcessBuilder("/bin/sh")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        if (!origin.secrets().isEmpty()) {
            builder.environment().clear();
            builder.environment().putAll(EnvironmentBlock.ofShell());
        }
        Process process = builder.start();
        try (OutputStream script = process.getOutputStream()) {
            script.write(origin.variables().shellScript(before, through, wrapper.shellCommand(job), origin.secrets()));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        return process;
    }

    private static StartAnswer awaitStart(SubmitRequest request, Path record, Process process) {
        try {
            for (long waited = 0; waited < ANSWER_MAX.toMillis(); waited += LOOK_EVERY.toMillis()) {
                // In this order: what a wrapper that is over has written is there.
                boolean over = !process.isAlive();
                Optional<StartRecord> start = StartRecord.read(record);
                if (start.isPresent()) {
                    return start.get().token().equals(request.token())
                            ? new StartAnswer.Started(start.get().pid())
                            : new StartAnswer.Refused(
                                    Refusal.FOR_GOOD,
                                    "this attempt was already started by process "
                                            + start.get().pid());
                }
                if (over) {
                    return new StartAnswer.Refused(
                            Refusal.STORAGE,
                            "its wrapper ended with " + process.exitValue() + " and could not write a start record");
                }
                process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
            return new StartAnswer.Unclear("no start record for " + ANSWER_MAX.toSeconds() + " s");
        } catch (IOException e) {
            return new StartAnswer.Unclear("its start record cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StartAnswer.Unclear("interrupted while the job was being started");
        }
    }

    @Override
    public void close() {
        // Nothing is kept.
    }
}
