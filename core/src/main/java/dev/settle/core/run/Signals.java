package dev.settle.core.run;

import java.util.List;

/** The names of signal numbers on Linux for x86-64 and ARM (signal(7)), whatever the machine that shows them. */
public final class Signals {
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
            "WINCH", "IO", "PWR", "SYS");

    /** The first signal that the C library leaves to programs. */
    private static final int REALTIME_FIRST = 34;

    private static final int REALTIME_LAST = 64;

    private Signals() {}

    /** {@code SIGKILL} of 9; empty for a number that no signal has, such as 53, which Slurm uses for launch trouble. */
    public static String name(int number) {
        if (number >= 1 && number <= NAMES.size()) {
            return "SIG" + NAMES.get(number - 1);
        }
        if (number >= REALTIME_FIRST && number <= REALTIME_LAST) {
            return number == REALTIME_FIRST ? "SIGRTMIN" : "SIGRTMIN+" + (number - REALTIME_FIRST);
        }
        return "";
    }

    /** The number with its name: {@code signal 9 (SIGKILL)}, {@code signal 125}. */
    public static String told(int number) {
        String name = name(number);
        return name.isEmpty() ? "signal " + number : "signal " + number + " (" + name + ")";
    }
}
