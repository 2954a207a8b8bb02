package dev.settle.slurm.tools;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process that leads a session, and everything that it started. */
final class ProcessTree {
    /** From TERM to KILL. */
    static final Duration GRACE = Duration.ofSeconds(1);

    /** Of the fields of /proc/PID/stat after the name: state, parent, process group, session (proc(5)). */
    private static final int SESSION_FIELD = 3;

    private ProcessTree() {}

    /**
     * Ends a process, its descendants and what else is in its session: a helper whose parent is gone is nobody's
     * descendant. Returns once they have been killed, after at most {@link #GRACE}.
     */
    static void end(Process leader) {
        Set<ProcessHandle> members =
                Stream.concat(leader.descendants(), session(leader.pid())).collect(Collectors.toSet());
        leader.destroy();
        members.forEach(ProcessHandle::destroy);
        try {
            if (!leader.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                leader.destroyForcibly();
            }
        } catch (InterruptedException e) {
            leader.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        members.forEach(ProcessHandle::destroyForcibly);
    }

    private static Stream<ProcessHandle> session(long leader) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != leader && sessionOf(process.pid()) == leader);
    }

    /** The session of a process; -1 when it is gone. */
    private static long sessionOf(long pid) {
        try {
            byte[] stat = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "stat"));
            String text = new String(stat, StandardCharsets.ISO_8859_1);
            // The name before it may have blanks and brackets in it.
            return Long.parseLong(text.substring(text.lastIndexOf(')') + 2).split(" ")[SESSION_FIELD]);
        } catch (IOException e) {
            return -1;
        }
    }
}
