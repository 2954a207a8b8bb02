package dev.settle.app.engine;

import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StartMode;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.text.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes this process the one that manages a run. */
public final class Adoption {
    private final Invocation invocation;
    private final App app;
    private final Runs runs;
    private final LeaseService leases;
    private final Queues queues;
    private final EngineOptions options;
    private final Optional<Path> input;

    /** @param options those of the command line; they stand above the variables and above what the run was created with */
    public Adoption(Invocation invocation, EngineOptions options) {
        this(invocation, options, Optional.empty());
    }

    /** @param input what the jobs of a run read, where they run on this machine */
    public Adoption(Invocation invocation, EngineOptions options, Optional<Path> input) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.leases = invocation.leases();
        this.queues = new Queues(app, runs);
        this.input = input;
        this.options = options.or(EngineOptions.of(invocation.configuration().variables()));
    }

    /** What of the options is kept with a run that is created. */
    public EngineOptions options() {
        return options;
    }

    public Queues queues() {
        return queues;
    }

    /**
     * Manages a run whose lease is ours. The queue is closed, and the lease released, when what is returned is closed,
     * and right away where the engine cannot begin.
     *
     * @param run as it was loaded after its lease was taken
     * @param release releases the lease, unless the caller does
     * @param opening entries to begin with: a resume, say
     */
    public AdoptedRun adopt(
            Runs.OpenRun run,
            LeaseService.Owned lease,
            Runnable release,
            List<RunEvent> opening,
            Optional<StepQueue> feeding,
            EngineListener listener)
            throws IOException, InterruptedException {
        AdoptedRun adopted = new AdoptedRun(new Engine(app, runs), run.folder(), lease, release, feeding, queues);
        boolean begun = false;
        try {
            if (run.state().ended().isEmpty() || !opening.isEmpty()) {
                JobEnvironment.requireSecrets(app.environment(), run.state());
            }
            Engine.Setup setup = setup(run);
            noticeFloor(setup.policy().interval());
            adopted.start(run, setup, opening, listener);
            begun = true;
            return adopted;
        } finally {
            if (!begun) {
                adopted.close();
            }
        }
    }

    /** Takes over a run that no process manages; empty where one does. */
    public Optional<AdoptedRun> takeOver(RunFolder folder, RunState state, EngineListener listener)
            throws IOException, InterruptedException {
        Optional<LeaseService.Owned> lease = leases.take(folder);
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        Optional<StepQueue> feeding;
        Runs.OpenRun run;
        boolean opened = false;
        try {
            run = runs.openToManage(folder);
            feeding = queues.open(state, StartMode.TAKEN_OVER);
            opened = true;
        } finally {
            if (!opened) {
                lease.get().close();
            }
        }
        return Optional.of(adopt(run, lease.get(), lease.get()::close, List.of(), feeding, listener));
    }

    /**
     * Asks accounting once more about the unconfirmed verdicts of a run that has ended, unless another process does.
     *
     * @param shown the last entry that the reader has
     * @param published is handed what changes
     */
    public void recheck(RunFolder folder, long shown, Consumer<List<Entry>> published) {
        Optional<LeaseService.Owned> taken = leases.take(folder);
        if (taken.isEmpty()) {
            return;
        }
        try (LeaseService.Owned lease = taken.get()) {
            Runs.OpenRun run = runs.openToManage(folder);
            new AccountingRecheck(app, runs).ask(run, lease.lease(), setup(run), shown, published);
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /**
     * Appends entries to a run whose lease is ours, and leaves the run as it is then: nothing is submitted or asked here.
     * Closes the lease.
     *
     * @param opening a resume, say
     * @throws Failure 74 when they could not be recorded
     */
    public void append(RunFolder folder, LeaseService.Owned lease, List<RunEvent> opening) throws InterruptedException {
        try (lease) {
            Runs.OpenRun run = runs.openToManage(folder);
            Session.Ending ending = new Engine(app, runs)
                    .manage(
                            run,
                            lease.lease(),
                            setup(run),
                            opening,
                            Optional.empty(),
                            entries -> {},
                            session -> session.leave("handed to the background driver"));
            if (ending == Session.Ending.STORAGE_FAILED) {
                throw Failure.storage(
                        "run " + folder.id() + " cannot be driven: its journal cannot be written",
                        "settle doctor looks closer");
            }
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    private Engine.Setup setup(Runs.OpenRun run) throws IOException {
        return Schedulers.setup(
                invocation,
                run,
                new Requests(run.folder(), app.environment().home()),
                options.or(StoredOptions.read(run.folder())),
                input);
    }

    /** A pause shorter than the site allows is raised, and its user notified. */
    private void noticeFloor(Duration interval) {
        Duration wanted = options.interval().orElse(interval);
        if (wanted.compareTo(interval) < 0) {
            app.console()
                    .notice("settle: an interval of " + Durations.format(wanted) + " is below this site's floor of "
                            + Durations.format(interval) + "; the floor holds");
        }
    }
}
