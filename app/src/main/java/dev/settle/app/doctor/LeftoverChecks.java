package dev.settle.app.doctor;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.UnknownWordException;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.run.RunState;
import dev.settle.core.text.ShellText;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What earlier runs and drivers left behind. */
public final class LeftoverChecks {
    /** A draft that is younger may belong to a command that creates its run just now. */
    private static final Duration DRAFT_AGE = Duration.ofMinutes(5);

    private static final Duration LOCK_AGE = Duration.ofDays(30);

    private final App app;
    private final Runs runs;
    private final LeaseService owners;

    public LeftoverChecks(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
        this.owners = new LeaseService(app, runs);
    }

    public List<Finding> all() {
        List<Finding> checks = new ArrayList<>();
        try {
            runs(checks);
            drafts(checks);
            locks(checks);
        } catch (IOException e) {
            checks.add(Finding.trouble("leftovers", "cannot be looked for: " + e, "repair the state directory"));
        }
        if (checks.isEmpty()) {
            checks.add(Finding.ok("leftovers", "none"));
        }
        return checks;
    }

    private void runs(List<Finding> checks) throws IOException {
        List<String> stalled = new ArrayList<>();
        for (RunFolder folder : runs.home().list()) {
            try {
                RunState state = runs.look(folder);
                boolean driven = owners.holder(folder)
                        .filter(info -> info.alive() != LeaseInfo.Alive.NO)
                        .isPresent();
                if (state.ended().isEmpty() && !driven) {
                    stalled.add(folder.id().value());
                }
            } catch (UnknownWordException e) {
                checks.add(Finding.trouble(
                        "unreadable_run", "run " + folder.id() + ": " + e.getMessage(), "use a newer settle"));
            } catch (IOException e) {
                checks.add(Finding.trouble(
                        "unreadable_run",
                        "run " + folder.id() + ": " + e.getMessage(),
                        "look at " + folder.path() + "; move it away to be rid of it"));
            } catch (Failure e) {
                checks.add(Finding.trouble(
                        "unreadable_run",
                        "run " + folder.id() + ": " + e.lines().get(0),
                        "look at " + folder.path() + "; move it away to be rid of it"));
            }
        }
        if (!stalled.isEmpty()) {
            checks.add(Finding.warning(
                    "stalled_runs",
                    "no process manages " + String.join(" ", stalled),
                    "settle recover, or settle recover --end"));
        }
    }

    private void drafts(List<Finding> checks) throws IOException {
        for (Path draft : runs.home().unfinished()) {
            if (age(draft).compareTo(DRAFT_AGE) > 0) {
                checks.add(Finding.warning(
                        "unfinished_run",
                        draft + " was never finished; nothing was submitted",
                        "rm -r " + ShellText.quote(draft.toString())));
            }
        }
    }

    private void locks(List<Finding> checks) throws IOException {
        Path root = runs.home().root();
        if (!Files.isDirectory(root)) {
            return;
        }
        String own = "driver-" + app.wiring().host() + "-" + app.version() + ".lock";
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(root, "driver-*.lock")) {
            for (Path lock : locks) {
                if (!lock.endsWith(own) && age(lock).compareTo(LOCK_AGE) > 0) {
                    checks.add(Finding.warning(
                            "old_lock",
                            lock + " is that of a machine or a version not used for a month",
                            "rm " + ShellText.quote(lock.toString())));
                }
            }
        }
    }

    private Duration age(Path path) throws IOException {
        Instant modified = Files.getLastModifiedTime(path).toInstant();
        return Duration.between(modified, app.wiring().clock().instant());
    }
}
