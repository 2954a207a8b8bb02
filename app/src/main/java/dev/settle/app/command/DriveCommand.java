package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Memory;
import dev.settle.app.process.Signals;
import dev.settle.app.queue.QueueAccess;
import dev.settle.app.session.Driving;
import dev.settle.app.session.Feeding;
import dev.settle.app.session.Requests;
import dev.settle.app.session.Runs;
import dev.settle.app.session.Schedulers;
import dev.settle.app.session.Session;
import dev.settle.app.session.Teller;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.plan.RunId;
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

    /** How often a newcomer looks whether the place of the driver has become free. */
    private static final int PLACE_TRIES = 20;

    private final Map<RunId, Thread> threads = new HashMap<>();
    private final Map<RunId, Session> sessions = new ConcurrentHashMap<>();
    /** What could not be driven; another driver may try again. */
    private final Set<RunId> troubled = ConcurrentHashMap.newKeySet();

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
        Owners owners = new Owners(app, runs);
        Optional<String> alone = Options.words(args).stream().findFirst();
        if (alone.isPresent()) {
            return driveFed(new Driver(app, DriveOptions.of(args, app)), runs.find(alone));
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
                serve(app, runs, owners);
                return held.isOpen() ? ExitStatus.COMPLETED : ExitStatus.STORAGE_FAILED;
            }
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    private static ExitStatus driveFed(Driver driver, RunFolder folder) throws InterruptedException {
        Optional<Owners.Owned> lease = driver.owners().take(folder);
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

    private void serve(App app, Runs runs, Owners owners) throws IOException, InterruptedException {
        int idle = 0;
        Memory memory = Memory.ofProcess();
        while (idle < IDLE_LOOKS_MAX && !leaving) {
            threads.values().removeIf(thread -> !thread.isAlive());
            for (RunFolder folder : Background.marked(runs, app.wiring().host())) {
                if (!threads.containsKey(folder.id()) && !troubled.contains(folder.id())) {
                    take(app, runs, owners, folder);
                    memory.opens();
                }
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

    private void take(App app, Runs runs, Owners owners, RunFolder folder) throws IOException {
        try {
            if (!Files.exists(folder.journal())
                    || runs.open(folder).state().ended().isPresent()) {
                // A resume may take it up again in the foreground, and a recovery mark it anew.
                Background.unmark(runs, folder.id(), app.wiring().host());
                return;
            }
            Optional<Owners.Owned> lease = owners.take(folder);
            if (lease.isEmpty()) {
                return;
            }
            Thread thread = new Thread(() -> drive(app, runs, folder, lease.get()), "settle-run-" + folder.id());
            thread.setDaemon(true);
            threads.put(folder.id(), thread);
            thread.start();
        } catch (Failure e) {
            giveUp(folder, String.join("; ", e.lines()), app);
        }
    }

    /** One run that cannot be driven keeps none of the others from being driven; recover finds it. */
    private void giveUp(RunFolder folder, String why, App app) {
        troubled.add(folder.id());
        app.console().notice("settle: run " + folder.id() + " is left alone: " + why);
    }

    private void drive(App app, Runs runs, RunFolder folder, Owners.Owned lease) {
        try (lease) {
            Runs.OpenRun run = runs.openToDrive(folder);
            Requests requests = new Requests(folder, app.environment().home());
            Teller teller = Teller.toNobody(run.state());
            Session.Ending ending = new Driving(app, runs)
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
        } catch (IOException | RuntimeException e) {
            giveUp(folder, e.toString(), app);
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
