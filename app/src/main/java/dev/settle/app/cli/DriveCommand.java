package dev.settle.app.cli;

import dev.settle.app.engine.Background;
import dev.settle.app.engine.Engine;
import dev.settle.app.engine.EventPublisher;
import dev.settle.app.engine.Feeding;
import dev.settle.app.engine.Schedulers;
import dev.settle.app.engine.Session;
import dev.settle.app.engine.StoredOptions;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Memory;
import dev.settle.app.process.Shortage;
import dev.settle.app.process.Signals;
import dev.settle.app.process.Threads;
import dev.settle.app.reader.Driver;
import dev.settle.app.reader.OnSignal;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.QueueAccess;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle drive}, started by submit and not by users: drives the runs that were left to it until none is left. */
final class DriveCommand implements Command {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** A driver that has nothing to do stays a little, for the next submit. */
    private static final int IDLE_LOOKS_MAX = 10;

    /** A signal ends this process within 2 s, whatever is in flight. */
    private static final Duration LEAVING_MAX = Duration.ofMillis(1_400);

    /** A draft that nothing has happened to for so long has no creator any more. */
    private static final Duration DRAFT_AGE = Duration.ofHours(1);

    /** How often a newcomer looks whether the place of the driver has become free. */
    private static final int PLACE_TRIES = 20;

    private final Map<RunId, Thread> threads = new HashMap<>();
    private final Map<RunId, Session> sessions = new ConcurrentHashMap<>();
    /** What could not be driven; another driver may try again. */
    private final Set<RunId> troubled = ConcurrentHashMap.newKeySet();

    private String told = "";
    private volatile boolean leaving;

    @Override
    public CommandSpec spec() {
        return Options.of("drive", "[RUN]", "Drives the runs that submit left in the background; not for users.")
                .word("RUN", "Only this run, which a step queue feeds with the token of this environment.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        Runs runs = new Runs(app);
        LeaseService owners = new LeaseService(app, runs);
        Optional<String> alone = Options.words(args).stream().findFirst();
        if (alone.isPresent()) {
            return driveFed(new Driver(app, EngineOptions.DEFAULT, SharedOptions.style(args, app)), runs.find(alone));
        }
        try {
            Optional<FileChannel> place = Background.takePlace(app, runs);
            for (int i = 0; place.isEmpty() && i < PLACE_TRIES; i++) {
                app.wiring().pause().of(LOOK_EVERY);
                place = Background.takePlace(app, runs);
            }
            if (place.isEmpty()) {
                return ExitStatus.COMPLETED;
            }
            try (FileChannel held = place.get()) {
                Signals.handle(kind -> leave(kind, app));
                sweep(app, runs);
                serve(app, runs, owners);
                return held.isOpen() ? ExitStatus.COMPLETED : ExitStatus.STORAGE_FAILED;
            }
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    private static ExitStatus driveFed(Driver driver, RunFolder folder) throws InterruptedException {
        Optional<LeaseService.Owned> lease = driver.owners().take(folder);
        if (lease.isEmpty()) {
            // A watcher was faster.
            return ExitStatus.COMPLETED;
        }
        boolean opened = false;
        try {
            RunState state = driver.runs().open(folder).state();
            QueueAccess.Coming coming =
                    state.driver().isEmpty() ? QueueAccess.Coming.NEW : QueueAccess.Coming.TAKEN_OVER;
            Optional<Feeding> feeding = driver.queues().open(state, coming);
            opened = true;
            return driver.run(folder, lease.get(), List.of(), OnSignal.STOP, feeding);
        } finally {
            if (!opened) {
                lease.get().close();
            }
        }
    }

    /** What killed commands have left of runs that never were. */
    private static void sweep(App app, Runs runs) {
        try {
            runs.home().sweep(runs.disk(), app.wiring().clock().instant().minus(DRAFT_AGE));
        } catch (IOException e) {
            app.console().notice("settle: what killed commands have left cannot be removed: " + e.getMessage());
        }
    }

    private void serve(App app, Runs runs, LeaseService owners) throws IOException, InterruptedException {
        int idle = 0;
        Memory memory = Memory.ofProcess();
        while (idle < IDLE_LOOKS_MAX && !leaving) {
            threads.values().removeIf(thread -> !thread.isAlive());
            try {
                for (RunFolder folder : Background.marked(runs, app.wiring().host())) {
                    if (!threads.containsKey(folder.id()) && !troubled.contains(folder.id())) {
                        take(app, runs, owners, folder);
                        memory.opens();
                    }
                }
            } catch (IOException e) {
                // Runs that go on here are not to end because no others can be found now.
                tellOnce("runs that were left to the background driver cannot be found: " + e.getMessage(), app);
            }
            memory.look();
            idle = threads.isEmpty() ? idle + 1 : 0;
            app.wiring().pause().of(LOOK_EVERY);
        }
        Instant until = app.wiring().clock().instant().plus(LEAVING_MAX);
        for (Thread thread : threads.values()) {
            long left = Duration.between(app.wiring().clock().instant(), until).toMillis();
            if (left > 0) {
                thread.join(left);
            }
        }
    }

    private void take(App app, Runs runs, LeaseService owners, RunFolder folder) throws IOException {
        if (!Files.exists(folder.path())) {
            // A run that is being created is marked before it shows; one that was removed leaves its mark.
            if (!runs.home().isDraft(folder.id()) && !Files.exists(folder.path())) {
                Background.unmark(runs, folder.id(), app.wiring().host());
            }
            return;
        }
        Optional<LeaseService.Owned> lease = Optional.empty();
        boolean begun = false;
        try {
            if (runs.open(folder).state().ended().isPresent()) {
                // A resume may take it up again in the foreground, and a recovery mark it anew.
                Background.unmark(runs, folder.id(), app.wiring().host());
                return;
            }
            lease = owners.take(folder);
            if (lease.isEmpty()) {
                return;
            }
            LeaseService.Owned ours = lease.get();
            Thread thread = Threads.daemon("settle-run-" + folder.id(), () -> drive(app, runs, folder, ours));
            threads.put(folder.id(), thread);
            thread.start();
            begun = true;
        } catch (Failure e) {
            giveUp(folder, String.join("; ", e.lines()), app);
        } catch (RuntimeException | OutOfMemoryError e) {
            if (Shortage.isOf(e)) {
                // The next look tries again.
                threads.remove(folder.id());
                tellOnce("run " + folder.id() + " cannot be taken up yet: " + Shortage.words(e), app);
            } else {
                giveUp(folder, e.toString(), app);
            }
        } finally {
            if (!begun) {
                lease.ifPresent(LeaseService.Owned::close);
            }
        }
    }

    private void tellOnce(String line, App app) {
        if (!line.equals(told)) {
            told = line;
            app.console().notice("settle: " + line);
        }
    }

    /** One run that cannot be driven keeps none of the others from being driven; recover finds it. */
    private void giveUp(RunFolder folder, String why, App app) {
        troubled.add(folder.id());
        app.console().notice("settle: run " + folder.id() + " is left alone: " + why);
    }

    private void drive(App app, Runs runs, RunFolder folder, LeaseService.Owned lease) {
        try (lease) {
            Runs.OpenRun run = runs.openToDrive(folder);
            Requests requests = new Requests(folder, app.environment().home());
            EventPublisher teller = EventPublisher.toNobody(run.state());
            Session.Ending ending = Engine.inBackground(app, runs)
                    .drive(
                            run,
                            lease.lease(),
                            Schedulers.setup(app, runs, run, requests, StoredOptions.read(folder)),
                            List.of(),
                            Optional.empty(),
                            teller,
                            session -> sessions.put(folder.id(), session));
            app.console().notice("settle: run " + folder.id() + ": " + ending);
            if (ending == Session.Ending.STORAGE_FAILED) {
                giveUp(folder, "its journal cannot be written", app);
            }
        } catch (Failure e) {
            giveUp(folder, String.join("; ", e.lines()), app);
        } catch (IOException e) {
            giveUp(folder, String.join("; ", runs.cannotGoOn(folder, e).lines()), app);
        } catch (RuntimeException | Error e) {
            giveUp(folder, "this is a defect in settle: " + e, app);
            app.console().trace(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sessions.remove(folder.id());
        }
    }

    private void leave(Signals.Kind kind, App app) {
        if (leaving) {
            app.halt().accept(kind.status().code());
        }
        leaving = true;
        sessions.values().forEach(session -> session.leave("the background driver was stopped by SIG" + kind));
    }
}
