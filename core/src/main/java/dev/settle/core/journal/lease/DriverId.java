package dev.settle.core.journal.lease;

/**
 * A process as a driver of runs.
 *
 * @param host the machine's name
 * @param bootId differs from start to start of the machine ({@code /proc/sys/kernel/random/boot_id})
 * @param pidSpace the process table that the pid belongs to ({@code /proc/self/ns/pid}); containers have their own
 * @param startedAt when the process began, in clock ticks since the machine's start ({@code /proc/PID/stat}, field 22)
 */
public record DriverId(String host, String bootId, String pidSpace, long pid, long startedAt) {

    /** Whether the other one's pid can be looked up where this one runs. */
    boolean sharesProcessTableWith(DriverId other) {
        return isOfBoot(other) && pidSpace.equals(other.pidSpace);
    }

    /** Whether both were started by the same start of the same machine. */
    boolean isOfBoot(DriverId other) {
        return host.equals(other.host) && bootId.equals(other.bootId);
    }
}
