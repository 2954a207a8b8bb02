package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Memory;
import dev.settle.app.process.Shortage;
import dev.settle.app.process.Signals;
import dev.settle.app.process.Threads;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The background engine: manages the runs that were left to it until none is left. */
public final class BackgroundEngine {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /** A driver that has nothing to do stays a little, for the next submit. */
    private static final int IDLE_LOOKS_MAX = 10;

    /** How many looks pass before a run that is left to another version is looked at again. */
    private static final int LOOKS_BETWEEN_OTHERS = 20;

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

    /** What was left to another version, whose engine is there or is waited for. */
    private final Set<RunId> others = new HashSet<>();

    private String noticed = "";
    private volatile boolean leaving;

    private final Invocation invocation;
    private final App app;
    private final Runs runs;
    private final LeaseService leases;

    public BackgroundEngine(Invocation invocation) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.leases = invocation.leases();
    }

    /** Serves until no run is left, a signal comes, or where another background engine serves this host. */
    public ExitStatus run() throws InterruptedException {
        try {
            Optional<ProcessLock> place = Background.takePlace(app, runs);
            for (int i = 0; place.isEmpty() && i < PLACE_TRIES; i++) {
                app.wiring().pause().of(LOOK_EVERY);
                place = Background.takePlace(app, runs);
            }
            if (place.isEmpty()) {
                return ExitStatus.COMPLETED;
            }
            boolean replaced;
            ProcessLock held = place.get();
            try (held) {
                Signals.handle(this::leave);
                sweep();
                replaced = serve(new OwnJar(Background.ownCommand()));
            }
            if (replaced) {
                Background.start(app, runs);
            }
            return ExitStatus.COMPLETED;
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    /** What killed commands have left of runs that never were. */
    private void sweep() {
        try {
            runs.home().sweep(runs.disk(), app.wiring().clock().instant().minus(DRAFT_AGE));
        } catch (IOException e) {
            app.console().notice("settle: what killed commands have left cannot be removed: " + e.getMessage());
        }
    }

    /** Whether it ends because another version was installed in place of this one. */
    private boolean serve(OwnJar jar) throws InterruptedException {
        int idle = 0;
        int looks = 0;
        boolean replaced = false;
        Memory memory = Memory.ofProcess();
        while (idle < IDLE_LOOKS_MAX && !leaving && !replaced) {
            if (looks++ % LOOKS_BETWEEN_OTHERS == 0) {
                others.clear();
            }
            threads.values().removeIf(thread -> !thread.isAlive());
            try {
                for (RunFolder folder : Background.marked(runs, app.wiring().host())) {
                    if (threads.containsKey(folder.id())
                            || troubled.contains(folder.id())
                            || others.contains(folder.id())) {
                        continue;
                    }
                    if (Background.isLeftToThis(app, runs, folder.id())) {
                        take(folder);
                        memory.opens();
                    } else {
                        others.add(folder.id());
                    }
                }
            } catch (IOException e) {
                // Runs that go on here are not to end because no others can be found now.
                noticeOnce("runs that were handed to the background driver cannot be found: " + e.getMessage());
            }
            memory.look();
            idle = threads.isEmpty() ? idle + 1 : 0;
            app.wiring().pause().of(LOOK_EVERY);
            replaced = jar.isReplaced(app.wiring().moment().monotonic());
        }
        if (replaced && !leaving) {
            app.console().notice("settle: another version was installed in place of this one and takes over");
            sessions.values()
                    .forEach(session -> session.leave("another version of settle was installed in place of this one"));
        }
        Instant until = app.wiring().clock().instant().plus(LEAVING_MAX);
        for (Thread thread : threads.values()) {
            long left = Duration.between(app.wiring().clock().instant(), until).toMillis();
            if (left > 0) {
                thread.join(left);
            }
        }
        return replaced && !leaving;
    }

    private void take(RunFolder folder) throws IOException {
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
            lease = leases.take(folder);
            if (lease.isEmpty()) {
                return;
            }
            LeaseService.Owned ours = lease.get();
            Thread thread = Threads.daemon("settle-run-" + folder.id(), () -> manage(folder, ours));
            threads.put(folder.id(), thread);
            thread.start();
            begun = true;
        } catch (Failure e) {
            giveUp(folder, String.join("; ", e.lines()));
        } catch (RuntimeException | OutOfMemoryError e) {
            if (Shortage.isOf(e)) {
                // The next look tries again.
                threads.remove(folder.id());
                noticeOnce("run " + folder.id() + " cannot be taken up yet: " + Shortage.words(e));
            } else {
                giveUp(folder, e.toString());
            }
        } finally {
            if (!begun) {
                lease.ifPresent(LeaseService.Owned::close);
            }
        }
    }

    private void noticeOnce(String line) {
        if (!line.equals(noticed)) {
            noticed = line;
            app.console().notice("settle: " + line);
        }
    }

    /** One run that cannot be driven keeps none of the others from being driven; recover finds it. */
    private void giveUp(RunFolder folder, String why) {
        troubled.add(folder.id());
        app.console().notice("settle: run " + folder.id() + " is left alone: " + why);
    }

    private void manage(RunFolder folder, LeaseService.Owned lease) {
        try (lease) {
            Runs.OpenRun run = runs.openToManage(folder);
            Requests requests = new Requests(folder, app.environment().home());
            Session.Ending ending = Engine.inBackground(app, runs)
                    .manage(
                            run,
                            lease.lease(),
                            Schedulers.setup(invocation, run, requests, StoredOptions.read(folder)),
                            List.of(),
                            Optional.empty(),
                            entries -> {},
                            session -> sessions.put(folder.id(), session));
            app.console().notice("settle: run " + folder.id() + ": " + ending);
            if (ending == Session.Ending.STORAGE_FAILED) {
                giveUp(folder, "its journal cannot be written");
            }
        } catch (Failure e) {
            giveUp(folder, String.join("; ", e.lines()));
        } catch (IOException e) {
            giveUp(folder, String.join("; ", runs.cannotGoOn(folder, e).lines()));
        } catch (RuntimeException | Error e) {
            giveUp(folder, "this is a defect in settle: " + e);
            app.console().trace(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sessions.remove(folder.id());
        }
    }

    private void leave(Signals.Kind kind) {
        if (leaving) {
            app.halt().accept(kind.status().code());
        }
        leaving = true;
        sessions.values().forEach(session -> session.leave("the background driver was stopped by SIG" + kind));
    }
}
