package dev.settle.app.process;

import dev.settle.core.environment.ProcessSettings;
import dev.settle.core.file.Ownership;
import dev.settle.core.journal.lease.DriverId;
import dev.settle.core.journal.lease.ProcessTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The processes of this machine, by {@code /proc}. */
public final class Processes implements ProcessTable {
    private static final Path PROC = Path.of("/proc");

    /** Of {@code /proc/PID/stat}, counted from behind the name: the state is the first field, the start time the 20th. */
    private static final int START_TIME = 19;

    private static final int PROCESS_GROUP = 2;
    private static final int FOREGROUND_GROUP = 5;

    @Override
    public OptionalLong startedAt(long pid) {
        try {
            String[] fields = stat(Long.toString(pid));
            boolean zombie = fields[0].equals("Z") || fields[0].equals("X");
            return zombie ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[START_TIME]));
        } catch (IOException e) {
            // No such process, or not ours to see.
            return OptionalLong.empty();
        }
    }

    private static String[] stat(String process) throws IOException {
        String stat = Files.readString(PROC.resolve(process).resolve("stat"));
        // The name may hold spaces and brackets; what follows the last one is plain.
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    /** Whether this process is of the foreground group of its terminal, and so may read keys and change modes. */
    public static boolean isInForeground() {
        try {
            String[] fields = stat("self");
            return fields[PROCESS_GROUP].equals(fields[FOREGROUND_GROUP]);
        } catch (IOException e) {
            return false;
        }
    }

    /** What this process hands on to those that it starts. */
    public static ProcessSettings settings() {
        return settings(Optional.empty());
    }

    /** @param signals those that it was started with, before the launcher and the JVM changed them */
    static ProcessSettings settings(Optional<String> signals) {
        try {
            Path self = PROC.resolve("self");
            return ProcessSettings.ofProc(
                    Files.readString(self.resolve("status")),
                    Files.readString(self.resolve("stat")),
                    Files.readString(self.resolve("limits")),
                    signals);
        } catch (IOException e) {
            throw new UncheckedIOException("what " + PROC + " says of this process cannot be read", e);
        }
    }

    /** The number of this process's user; empty text where the system does not tell. */
    static String uid() {
        return Ownership.uid();
    }

    /** This process as a driver. */
    DriverId self(String host, String bootId, long pid) {
        String space;
        try {
            space = Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString();
        } catch (IOException e) {
            space = "";
        }
        return new DriverId(host, bootId, space, pid, startedAt(pid).orElse(0));
    }
}
