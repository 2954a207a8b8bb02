package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hands a new run to the background driver, and sees that there is one. */
public final class Handover {
    /** How long a driver may take to begin: a JVM starts in half a second, and in several on a loaded login node. */
    private static final Duration BEGIN_MAX = Duration.ofSeconds(30);

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    /** So much of what a driver said last is looked at. */
    private static final int LAST_WORDS_BYTES = 4096;

    private final App app;
    private final Runs runs;
    private final LeaseService owners;

    public Handover(App app, Runs runs, LeaseService owners) {
        this.app = app;
        this.runs = runs;
        this.owners = owners;
    }

    /**
     * Starts the driver of a run that was left to it, and waits until one lives.
     *
     * @throws Failure when none does; the run is removed then, so that repeating the command runs it only once
     */
    public void of(RunFolder folder, Plan plan) throws InterruptedException {
        String why;
        try {
            long logged = logged();
            boolean own = plan.needsOwnEngine();
            Process driver = own ? Background.startFor(folder, app, runs) : Background.start(app, runs);
            Optional<String> trouble = trouble(folder, own, driver, logged);
            if (trouble.isEmpty()) {
                return;
            }
            why = trouble.get();
        } catch (Failure e) {
            why = String.join("; ", e.lines());
        } catch (IOException e) {
            why = "whether the background driver lives cannot be found out: " + e.getMessage();
        }
        withdraw(folder, why);
    }

    /** Waits for a driver; why there is none. */
    private Optional<String> trouble(RunFolder folder, boolean own, Process driver, long logged)
            throws IOException, InterruptedException {
        Duration until = app.wiring().moment().monotonic().plus(BEGIN_MAX);
        while (true) {
            boolean over = !driver.isAlive();
            if ((!own && Background.isServed(app, runs)) || isTaken(folder)) {
                return Optional.empty();
            }
            if (over) {
                String said = said(logged);
                return Optional.of("the background driver ended at once with exit status " + driver.exitValue()
                        + (said.isEmpty() ? "" : ": " + said));
            }
            if (app.wiring().moment().monotonic().compareTo(until) >= 0) {
                return Optional.of("the background driver has not begun in " + BEGIN_MAX.toSeconds() + " s");
            }
            app.wiring().pause().of(LOOK_EVERY);
        }
    }

    /** Whether somebody drives the run, or has driven it to its end. */
    private boolean isTaken(RunFolder folder) {
        return owners.isDriven(folder) || runs.open(folder).state().ended().isPresent();
    }

    private long logged() throws IOException {
        Path log = Background.log(app, runs);
        return Files.exists(log) ? Files.size(log) : 0;
    }

    /** The first thing that was written to the log since. */
    private String said(long logged) throws IOException {
        try (Disk.OpenFile log = runs.disk().read(Background.log(app, runs))) {
            byte[] bytes = new byte[LAST_WORDS_BYTES];
            int count = log.read(bytes, logged);
            return new String(bytes, 0, count, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .findFirst()
                    .orElse("");
        }
    }

    private void withdraw(RunFolder folder, String why) {
        String log = "its log is " + Background.log(app, runs);
        Optional<LeaseService.Owned> lease = owners.take(folder);
        if (lease.isEmpty()) {
            // It was only late.
            return;
        }
        try {
            runs.home().remove(runs.disk(), folder);
            Background.unmark(runs, folder.id(), app.wiring().host());
        } catch (IOException e) {
            throw Failure.storage(
                    why,
                    "run " + folder.id() + " could not be removed: " + e.getMessage() + "; settle recover --end "
                            + folder.id() + " ends it",
                    log);
        } finally {
            lease.get().close();
        }
        throw new Failure(ExitStatus.DEFECT, List.of(why, "nothing was started, and no run was left; " + log));
    }
}
