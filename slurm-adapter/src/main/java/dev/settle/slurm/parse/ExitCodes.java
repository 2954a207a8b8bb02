package dev.settle.slurm.parse;

import java.util.OptionalInt;

/**
 * An exit code and a signal as Slurm writes them: {@code CODE:SIGNAL}.
 *
 * <p>What cannot be read is absent; 0 is only ever what Slurm said.
 *
 * @param code absent where there was none; the 0 that Slurm writes beside a signal is none
 * @param signal absent for 0, and for numbers that are marks of Slurm's and no signals
 * @param mark what Slurm says by a number in the signal's place
 */
record ExitCodes(OptionalInt code, OptionalInt signal, Mark mark) {
    /** What a number in the signal's place means when it is no signal. */
    enum Mark {
        NONE,
        /** {@code 0:125}: the step ran out of memory (SchedMD's job_exit_code page). */
        OUT_OF_MEMORY,
        /** {@code 0:53}: slurmstepd could not set the batch step up, such as no directory for its output. */
        LAUNCH_FAILURE
    }

    static final ExitCodes NONE = new ExitCodes(OptionalInt.empty(), OptionalInt.empty(), Mark.NONE);
    private static final ExitCodes GOOD = new ExitCodes(OptionalInt.of(0), OptionalInt.empty(), Mark.NONE);

    private static final int OUT_OF_MEMORY_MARK = 125;
    private static final int LAUNCH_FAILURE_MARK = 53;

    /** Reads {@code CODE:SIGNAL}, the column of sacct and scontrol. */
    static ExitCodes parse(String field) {
        if (field.equals("0:0")) {
            return GOOD;
        }
        int colon = field.indexOf(':');
        if (colon < 0) {
            return NONE;
        }
        String first = field.substring(0, colon).trim();
        OptionalInt code = Numbers.parseInt(first);
        if (code.isEmpty() && !first.isEmpty()) {
            return NONE;
        }
        int signal = 0;
        for (String part : field.substring(colon + 1).split(":", -1)) {
            signal = signal != 0 ? signal : Numbers.parseInt(part.trim()).orElse(0);
        }
        return of(code, Math.max(0, signal));
    }

    /** Reads the column {@code exit_code} of squeue: a wait status up to 22.05, {@code CODE:SIGNAL} elsewhere. */
    static ExitCodes ofWaitStatus(String field) {
        OptionalInt status = Numbers.parseInt(field.trim());
        if (status.isEmpty() || status.getAsInt() < 0) {
            return parse(field);
        }
        int number = status.getAsInt();
        int signal = number & 0x7f;
        // Beside a signal the upper byte is none: Slurm's own error 4021 there reads as 15 and signal 53.
        return of(signal == 0 ? OptionalInt.of((number >> 8) & 0xff) : OptionalInt.empty(), signal);
    }

    private static ExitCodes of(OptionalInt code, int signal) {
        if (signal == 0) {
            return new ExitCodes(code, OptionalInt.empty(), Mark.NONE);
        }
        OptionalInt said = code.orElse(0) == 0 ? OptionalInt.empty() : code;
        return switch (signal) {
            case OUT_OF_MEMORY_MARK -> new ExitCodes(said, OptionalInt.empty(), Mark.OUT_OF_MEMORY);
            case LAUNCH_FAILURE_MARK -> new ExitCodes(said, OptionalInt.empty(), Mark.LAUNCH_FAILURE);
            default -> new ExitCodes(said, OptionalInt.of(signal), Mark.NONE);
        };
    }

    boolean isBad() {
        return code.orElse(0) != 0 || signal.isPresent() || mark != Mark.NONE;
    }

    /** The same without a 0: for a job that failed, whose code cannot be that of success. */
    ExitCodes withoutZero() {
        return code.orElse(1) == 0 ? new ExitCodes(OptionalInt.empty(), signal, mark) : this;
    }
}
