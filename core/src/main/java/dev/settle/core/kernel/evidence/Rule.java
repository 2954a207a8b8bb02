package dev.settle.core.kernel.evidence;

import java.util.Locale;

/** The rules of evidence, in the order in which they are tried; the first that decides gives the verdict. */
public enum Rule {
    ACCOUNTING_END("accounting has the end of the job"),
    PARTIAL_ROW_AGREES("accounting's row is incomplete, and another source says the same"),
    OUR_CANCEL_TOOK("settle cancelled the waiting job, and no source has it any more"),
    QUEUE_FAILURE("the queue names a failure"),
    CONTROLLER_WITHOUT_ACCOUNTING("the cluster keeps no accounting, and the controller has the end of the job"),
    RECORD_WITHOUT_ACCOUNTING("no accounting is kept, and the item's own exit record has its end"),
    NEVER_KNOWN("every source answered, and none ever knew the job"),
    TIMEOUT_OUR_CANCEL("nobody confirmed it in time; settle had cancelled it, and it is gone"),
    TIMEOUT_BAD_RECORD("nobody confirmed it in time, and the item's own exit record says that it failed"),
    TIMEOUT_QUEUE_END("nobody confirmed it in time, and the last that the controller said is that it failed"),
    TIMEOUT_PARTIAL_ROW("nobody confirmed it in time, and accounting's incomplete row says that it failed"),
    TIMEOUT_TASK_VANISHED(
            "a waiting array task left the queue without a row while its siblings have rows: it was cancelled"),
    TIMEOUT_UNKNOWN_WORD("nobody confirmed it in time, and its state is a word that settle does not know"),
    TIMEOUT_REQUEUE_GONE("the scheduler meant to start it again and then forgot it"),
    TIMEOUT_NO_EXIT_RECORD(
            "it had started, and neither its own exit record nor anybody else said how it ended in time"),
    TIMEOUT_NEVER_STARTED("it left no start record, and no source reported it running: it is not known to have run"),
    TIMEOUT_UNCONFIRMED("nobody said how it ended in time");

    private final String sentence;

    Rule(String sentence) {
        this.sentence = sentence;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the rule says, for {@code explain}. */
    public String sentence() {
        return sentence;
    }
}
