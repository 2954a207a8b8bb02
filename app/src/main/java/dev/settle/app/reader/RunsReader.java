package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Threads;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import dev.settle.core.view.document.RunDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads several runs for one command, each as if it were alone; the exit status is the worst of theirs. */
public final class RunsReader {
    /** Each run that is watched has a thread that follows it. */
    public static final int RUNS_MAX = 100;

    /** From the best to the worst; exit-status.md lists it. */
    private static final List<ExitStatus> BY_SEVERITY = List.of(
            ExitStatus.COMPLETED,
            ExitStatus.UNCONFIRMED,
            ExitStatus.ITEMS_FAILED,
            ExitStatus.INTERRUPTED,
            ExitStatus.TIMED_OUT,
            ExitStatus.SCHEDULER_UNREACHABLE,
            ExitStatus.NOT_FOUND,
            ExitStatus.USAGE,
            ExitStatus.STORAGE_FAILED,
            ExitStatus.DEFECT,
            ExitStatus.SIGNAL_HUP,
            ExitStatus.SIGNAL_INT,
            ExitStatus.SIGNAL_TERM);

    private final App app;
    private final Runs runs;
    private final RunPresenter.Form form;
    private final List<RunFolder> folders;
    private final WatchGroup group;
    private final List<ExitStatus> statuses = new ArrayList<>();
    private Optional<Throwable> broken = Optional.empty();

    private RunsReader(Invocation invocation, RunPresenter.Form form, List<RunFolder> folders, FollowUp followUp) {
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.form = form;
        this.folders = folders;
        this.group =
                WatchGroup.of(app, followUp, folders.stream().map(RunFolder::id).toList());
    }

    /**
     * Reads the runs until all have ended or a condition is met.
     *
     * @param form lines, a document or nothing; a screen and an event stream have room for one run
     * @param readers a reader for each run, none of which is used twice
     * @throws IllegalArgumentException for a form with room for one run, and for more than {@link #RUNS_MAX} runs
     */
    public static ExitStatus watch(
            Invocation invocation,
            RunPresenter.Form form,
            List<RunFolder> folders,
            FollowUp followUp,
            Supplier<RunReader> readers)
            throws InterruptedException {
        if (form == RunPresenter.Form.LIVE || form == RunPresenter.Form.EVENTS || folders.size() > RUNS_MAX) {
            throw new IllegalArgumentException(folders.size() + " runs as " + form);
        }
        return new RunsReader(invocation, form, folders, followUp).watch(readers);
    }

    /** The worst of several; success where there is none. */
    static ExitStatus worst(List<ExitStatus> statuses) {
        ExitStatus worst = ExitStatus.COMPLETED;
        for (ExitStatus status : statuses) {
            worst = BY_SEVERITY.indexOf(status) > BY_SEVERITY.indexOf(worst) ? status : worst;
        }
        return worst;
    }

    private ExitStatus watch(Supplier<RunReader> readers) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (RunFolder folder : folders) {
            RunReader reader = readers.get().in(group);
            threads.add(Threads.daemon("settle-watch-" + folder.id(), () -> read(reader, folder)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        synchronized (this) {
            if (broken.isPresent()) {
                throw rethrown(broken.get());
            }
        }
        try {
            tellAll();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        synchronized (this) {
            return worst(statuses);
        }
    }

    private void read(RunReader reader, RunFolder folder) {
        ExitStatus status = ExitStatus.DEFECT;
        try {
            status = reader.watch(folder);
        } catch (Failure e) {
            // Trouble with one run is no reason to leave the others.
            e.lines().forEach(line -> app.console().notice("settle: " + line));
            status = e.status();
        } catch (InterruptedException | RuntimeException | Error e) {
            synchronized (this) {
                broken = Optional.of(broken.orElse(e));
            }
            group.abandon();
        } finally {
            synchronized (this) {
                statuses.add(status);
            }
        }
    }

    private static RuntimeException rethrown(Throwable cause) throws InterruptedException {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        return (RuntimeException) cause;
    }

    /** What is said of all runs together. */
    private void tellAll() throws IOException {
        switch (form) {
            case JSON -> writeDocuments();
            case PLAIN -> {
                int completed = 0;
                for (RunFolder folder : folders) {
                    completed += isCompleted(folder) ? 1 : 0;
                }
                app.console().out(completed + " of " + folders.size() + " runs completed.\n");
            }
            case OUTPUT, QUIET, LIVE, EVENTS -> {}
        }
    }

    private boolean isCompleted(RunFolder folder) {
        try {
            return runs.look(folder)
                    .ended()
                    .filter(stop -> stop.reason() == StopReason.COMPLETED)
                    .isPresent();
        } catch (IOException e) {
            // Who watched it has said so.
            return false;
        }
    }

    /** One document: a list of run documents, in the order in which the user named the runs. */
    private void writeDocuments() throws IOException {
        Views views = new Views(app, runs);
        Writer out = app.console().writer();
        String before = "[\n";
        for (RunFolder folder : folders) {
            RunState state;
            try {
                state = runs.look(folder);
            } catch (IOException e) {
                // Who watched it has said so.
                continue;
            }
            out.write(before);
            RunDocument.write(views.of(folder, state), out, Json.Layout.INDENTED);
            before = ",\n";
        }
        out.write(before.equals("[\n") ? "[]\n" : "]\n");
        out.flush();
    }
}
