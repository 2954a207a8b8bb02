package dev.settle.app.doctor;

import dev.settle.app.process.App;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.Disk;
import dev.settle.core.file.NotOursException;
import dev.settle.core.journal.lease.Leases;
import dev.settle.core.journal.lease.LockReach;
import dev.settle.core.text.ShellText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether the state directory is safe, lockable, and fast enough. */
public final class StateChecks {
    private static final long FREE_BYTES_LEAST = 16L << 20;
    private static final long FREE_BYTES_GOOD = 256L << 20;
    private static final Duration FORCE_SLOW = Duration.ofMillis(300);
    private static final int FORCES = 5;
    private static final int PROBE_BYTES = 4096;
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");

    private final App app;
    private final Runs runs;

    public StateChecks(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    public List<Finding> all() {
        Path root = runs.root();
        List<Finding> checks = new ArrayList<>();
        try {
            if (runs.doubt().orElse(null) instanceof NotOursException doubt) {
                // Nothing more is tried in it.
                return List.of(untrusted(root, doubt));
            }
            if (!Files.exists(root)) {
                return List.of(toBeMade(root));
            }
            if (!Files.isDirectory(root)) {
                return List.of(Finding.trouble(
                        "state_directory", root + " is not a folder", "move it away, or set SETTLE_HOME"));
            }
            checks.add(Finding.ok("state_directory", root + " is yours"));
            checks.add(mode(root));
            checks.add(space(root));
            if (Files.isWritable(root)) {
                checks.add(locks(root));
                checks.add(force(root));
            } else {
                checks.add(Finding.trouble(
                        "state_writable",
                        root + " cannot be written",
                        "chmod u+w " + quoted(root) + ", or set SETTLE_HOME"));
            }
        } catch (IOException e) {
            checks.add(Finding.trouble(
                    "state_directory", root + " cannot be looked at: " + e, "repair it, or set SETTLE_HOME"));
        }
        return checks;
    }

    private static Finding toBeMade(Path root) {
        Path parent = root;
        while (!Files.exists(parent)) {
            Path above = parent.getParent();
            if (above == null) {
                break;
            }
            parent = above;
        }
        return Files.isDirectory(parent) && Files.isWritable(parent)
                ? Finding.ok("state_directory", root + " does not exist yet; the first run makes it")
                : Finding.trouble(
                        "state_directory",
                        root + " does not exist and cannot be made: " + parent + " cannot be written",
                        "set SETTLE_HOME to a directory of yours");
    }

    /** Others own it or a part of it, or may write to it, or it is a link: every command but this one refuses it. */
    private static Finding untrusted(Path root, NotOursException doubt) {
        String name = !doubt.path().equals(root)
                ? "state_parts"
                : doubt.kind() == NotOursException.Kind.MODE ? "state_mode" : "state_directory";
        return Finding.trouble(name, String.valueOf(doubt.getMessage()), doubt.fix());
    }

    private static Finding mode(Path root) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(root);
        return OWNER.containsAll(mode)
                ? Finding.ok("state_mode", "only you can look into it")
                : Finding.warning(
                        "state_mode",
                        "others can look into it (" + PosixFilePermissions.toString(mode) + ")",
                        "chmod 700 " + quoted(root));
    }

    private static String quoted(Path path) {
        return ShellText.quote(path.toString());
    }

    private static Finding space(Path root) throws IOException {
        // Not by the table of mounts, in which a changed root has no entry.
        long free = root.toFile().getUsableSpace();
        String text = (free >> 20) + " MiB free";
        String fix = "make room, or set SETTLE_HOME to another file system";
        return free < FREE_BYTES_LEAST
                ? Finding.trouble("state_space", text, fix)
                : free < FREE_BYTES_GOOD ? Finding.warning("state_space", text, fix) : Finding.ok("state_space", text);
    }

    private Finding locks(Path root) throws IOException {
        Optional<String> trouble =
                Leases.lockTrouble(runs.disk(), root, app.wiring().driver());
        String byAge = "whether a driver is alive is known by the age of its lease alone, which takes "
                + Leases.EXPIRY.toSeconds() + " s";
        String fix = "set SETTLE_HOME to a file system with locks";
        if (trouble.isPresent()) {
            return Finding.warning("state_locks", trouble.get() + "; " + byAge, fix);
        }
        return LeaseService.reach(root) == LockReach.HOST
                ? Finding.warning(
                        "state_locks",
                        "file locks work, but on this kind of file system not between machines; there " + byAge,
                        fix)
                : Finding.ok("state_locks", "file locks work");
    }

    /** Every decision is forced to disk before it is acted on. */
    private Finding force(Path root) throws IOException {
        Clock clock = app.wiring().clock();
        Path probe = root.resolve(
                ".doctor-" + app.wiring().host() + "-" + app.wiring().pid());
        try (Disk.OpenFile file = runs.disk().create(probe)) {
            Instant start = clock.instant();
            for (int i = 0; i < FORCES; i++) {
                file.write(new byte[PROBE_BYTES], (long) i * PROBE_BYTES);
                file.force();
            }
            Duration each = Duration.between(start, clock.instant()).dividedBy(FORCES);
            String text = "a forced write takes " + each.toMillis() + " ms";
            return each.compareTo(FORCE_SLOW) > 0
                    ? Finding.warning("state_force", text, "set SETTLE_HOME to a faster file system")
                    : Finding.ok("state_force", text);
        } finally {
            runs.disk().delete(probe);
        }
    }
}
