package dev.settle.app.process;

/** The one place where this process ends itself. */
public final class ProcessEnd {
    private ProcessEnd() {}

    /** Ends the process in order, shutdown hooks included. */
    public static void exit(ExitStatus status) {
        System.exit(status.code());
    }

    /** Ends the process at once, whatever is in flight: a journal may be left at any instruction. */
    public static void halt(int status) {
        Runtime.getRuntime().halt(status);
    }
}
