package dev.settle.app.process;

/** How the process ends: the only place where an exit status has a number. */
public enum ExitStatus {
    /** Every item completed, and something with authority said so. */
    COMPLETED(0),
    /** Settled, and at least one item failed, was cancelled or could not start because of another. */
    ITEMS_FAILED(1),
    /** A bad option, or a run file that cannot be accepted. */
    USAGE(2),
    /** The run was interrupted or cancelled before its items could end. */
    INTERRUPTED(3),
    /** Nothing failed, but at least one verdict is unconfirmed. */
    UNCONFIRMED(4),
    /** No such run, item or job. */
    NOT_FOUND(5),
    /** The scheduler could not be asked for longer than the caller would wait. */
    SCHEDULER_UNREACHABLE(69),
    /** A defect in settle. */
    DEFECT(70),
    /** Settle's own files cannot be read or written, or its answer not be written to stdout. */
    STORAGE_FAILED(74),
    /** The caller's timeout passed; the run goes on. */
    TIMED_OUT(124),
    /** Ended by SIGHUP. */
    SIGNAL_HUP(129),
    /** Ended by SIGINT. */
    SIGNAL_INT(130),
    /** Ended by SIGTERM. */
    SIGNAL_TERM(143);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    /** The number that the calling process sees. */
    public int code() {
        return code;
    }
}
