package dev.settle.core.kernel.evidence;

import java.util.Locale;

/** The rules of evidence, in the order in which they are tried; the first that decides gives the verdict. */
public enum Rule {
    ACCOUNTING_END("accounting recorded how the job ended"),
    PARTIAL_ROW_AGREES("accounting's row is incomplete, and another source says the same"),
    OUR_CANCEL_TOOK("settle cancelled the waiting job, and no source has it any more"),
    QUEUE_FAILURE("the queue reported a failure"),
    CONTROLLER_WITHOUT_ACCOUNTING("decided by the controller (there is no accounting here)"),
    RECORD_WITHOUT_ACCOUNTING("decided by the item's exit record (there is no accounting here)"),
    NEVER_KNOWN("every source answered, and none ever knew the job"),
    TIMEOUT_OUR_CANCEL("no source confirmed it in time; settle had cancelled it, and it is gone"),
    TIMEOUT_BAD_RECORD("no source confirmed it in time, and the item's exit record says that it failed"),
    TIMEOUT_QUEUE_END("no source confirmed it in time, and the controller's last report was a failure"),
    TIMEOUT_PARTIAL_ROW("no source confirmed it in time, and accounting's incomplete row says that it failed"),
    TIMEOUT_TASK_VANISHED(
            "a waiting array task left the queue without a row while its siblings have rows: it was cancelled"),
    TIMEOUT_UNKNOWN_WORD("no source confirmed it in time, and its state is a word that settle does not know"),
    TIMEOUT_REQUEUE_GONE("the scheduler meant to start it again and then forgot it"),
    TIMEOUT_NO_EXIT_RECORD(
            "it had started, and neither its exit record nor any other source reported in time how it ended"),
    TIMEOUT_NEVER_STARTED("it left no start record, and no source reported it running: it is not known to have run"),
    TIMEOUT_UNCONFIRMED("no source reported in time how it ended");

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
