package dev.settle.app.process;

import java.util.Arrays;
import java.util.Optional;

/** How the process ends: the only place where an exit status has a number. */
public enum ExitStatus {
    /** Every item completed, and something with authority said so. */
    COMPLETED(0, "every item completed, confirmed by a source with authority"),
    /** Settled, and at least one item failed, was cancelled or could not start because of another. */
    ITEMS_FAILED(1, "an item failed, was cancelled, or could not start because of another"),
    /** A bad option, or a run file that cannot be accepted. */
    USAGE(2, "a bad option, or a run file that cannot be accepted; nothing was created"),
    /** The run was interrupted or cancelled before its items could end. */
    INTERRUPTED(3, "interrupted or cancelled before the items could end; the reason is printed"),
    /** Nothing failed, but at least one verdict is unconfirmed. */
    UNCONFIRMED(4, "nothing failed, but at least one verdict is unconfirmed"),
    /** No such run, item or job. */
    NOT_FOUND(5, "no such run, item or job"),
    /** The scheduler could not be asked for longer than the caller would wait. */
    SCHEDULER_UNREACHABLE(69, "the scheduler could not be reached (see --give-up-after)"),
    /** A defect in settle. */
    DEFECT(70, "a defect in settle"),
    /** Settle's own files cannot be read or written, or its answer not be written to stdout. */
    STORAGE_FAILED(74, "settle's own files, or stdout, cannot be read or written"),
    /** The caller's timeout passed; the run goes on. */
    TIMED_OUT(124, "--timeout passed; the run continues"),
    /** Ended by SIGHUP. */
    SIGNAL_HUP(129, "ended by SIGHUP"),
    /** Ended by SIGINT. */
    SIGNAL_INT(130, "ended by SIGINT (Ctrl-C)"),
    /** Ended by SIGTERM. */
    SIGNAL_TERM(143, "ended by SIGTERM");

    private final int code;
    private final String meaning;

    ExitStatus(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The status of that number; empty where settle has none. */
    public static Optional<ExitStatus> of(int code) {
        return Arrays.stream(values()).filter(status -> status.code == code).findFirst();
    }

    /** The number that the calling process sees. */
    public int code() {
        return code;
    }

    /** What it tells the calling process, in a few words. */
    public String meaning() {
        return meaning;
    }
}
